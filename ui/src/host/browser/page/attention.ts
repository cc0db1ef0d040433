// Reaching the user outside the page: notifications, the clipboard, a screen that stays awake.
//
// Promises: does quietly nothing where the browser does not allow it, except for the clipboard, whose failure the user has to know.
import { failed } from '../room/failure';

/** A notification, when the page is hidden and the user allowed it. */
export function notifyUser(title: string, body: string): void {
  if (!('Notification' in globalThis) || document.visibilityState === 'visible') return;
  if (Notification.permission !== 'granted') return;
  try {
    const notification = new Notification(title, { body, icon: './icon.svg' });
    notification.addEventListener('click', () => {
      window.focus();
      notification.close();
    });
  } catch {
    // Android's Chrome knows the constructor and refuses it: notifications there need a service worker.
  }
}

/** Asks for notifications once, from a gesture the user makes anyway. */
export function askToNotify(): void {
  if (!('Notification' in globalThis) || Notification.permission !== 'default') return;
  // A refusal is an answer.
  Notification.requestPermission().catch(() => undefined);
}

/** Writes to the clipboard; on pages without HTTPS by the old way, which needs the page to have focus. */
export async function copyText(text: string): Promise<void> {
  const clipboard = (navigator as Partial<Navigator>).clipboard;
  if (clipboard !== undefined) {
    try {
      await clipboard.writeText(text);
      return;
    } catch {
      // Refused by a policy or for want of focus: the old way may still do.
    }
  }
  const field = document.createElement('textarea');
  field.value = text;
  field.setAttribute('readonly', '');
  field.style.position = 'fixed';
  field.style.opacity = '0';
  const focused = document.activeElement;
  document.body.append(field);
  field.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way in an insecure page
  const copied = document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  if (!copied) throw failed('internal', 'the clipboard refused');
}

/** Keeps the screen awake until the returned function is called. */
export function keepScreenAwake(): () => void {
  const wakeLock = (navigator as Partial<Navigator>).wakeLock;
  if (wakeLock === undefined) return () => undefined;
  let held: WakeLockSentinel | null = null;
  let wanted = true;
  const take = async (): Promise<void> => {
    if (document.visibilityState !== 'visible') return;
    try {
      const sentinel = await wakeLock.request('screen');
      if (wanted) held = sentinel;
      else await sentinel.release();
    } catch {
      // Battery saver or policy: the screen then sleeps as it likes.
    }
  };
  // The browser releases the lock whenever the page is hidden.
  const shown = (): void => void take();
  document.addEventListener('visibilitychange', shown);
  void take();
  return () => {
    wanted = false;
    document.removeEventListener('visibilitychange', shown);
    held?.release().catch(() => undefined);
  };
}
