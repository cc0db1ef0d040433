// Keeps the screen awake where the webview can.

/** Holds a wake lock until the returned function is called, and takes it again whenever the page comes back into view. */
export function keepAwake(): () => void {
  if (!('wakeLock' in navigator)) return () => undefined;
  let lock: WakeLockSentinel | null = null;
  let isWanted = true;

  const take = async (): Promise<void> => {
    if (document.visibilityState !== 'visible') return;
    try {
      const taken = await navigator.wakeLock.request('screen');
      if (isWanted) lock = taken;
      else await taken.release();
    } catch {
      // Refused by the system (battery saver): the screen may sleep, nothing else is lost.
    }
  };
  const onVisibility = (): void => { void take(); };

  document.addEventListener('visibilitychange', onVisibility);
  void take();
  return () => {
    isWanted = false;
    document.removeEventListener('visibilitychange', onVisibility);
    void lock?.release();
  };
}
