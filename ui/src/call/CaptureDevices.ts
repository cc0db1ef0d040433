// The part of the browser's `navigator` that own media needs, so that tests can bring devices that come and go.
//
// Promises: null where a page may not capture. Left to others: which device to take and when.

/** `MediaDevices` and the permissions beside it. */
export interface CaptureDevices {
  getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream>;
  /** Asks for a screen or window; null where pages cannot have one. */
  readonly getDisplayMedia: ((options: DisplayMediaStreamOptions) => Promise<MediaStream>) | null;
  enumerateDevices(): Promise<MediaDeviceInfo[]>;
  /** Calls `listener` when devices were plugged in or out; returns how to stop. */
  watch(listener: () => void): () => void;
  /** Whether the permission for a kind stands; null where the browser does not tell. */
  permission(kind: 'camera' | 'microphone'): Promise<PermissionState | null>;
  /** Whether elements can be told where to play. */
  readonly canChooseSpeaker: boolean;
}

/** The browser's own, or null: without a secure context there is no `mediaDevices`. */
export function browserCaptureDevices(): CaptureDevices | null {
  // Typed as always there, but absent in insecure contexts.
  const media = (navigator as Partial<Navigator>).mediaDevices;
  if (media === undefined || !('getUserMedia' in media)) return null;
  return {
    getUserMedia: (constraints) => media.getUserMedia(constraints),
    // Typed as always there, but absent on phones and tablets.
    getDisplayMedia: 'getDisplayMedia' in media ? (options) => media.getDisplayMedia(options) : null,
    enumerateDevices: () => media.enumerateDevices(),
    watch: (listener) => {
      media.addEventListener('devicechange', listener);
      return () => media.removeEventListener('devicechange', listener);
    },
    permission: async (kind) => {
      try {
        return (await navigator.permissions.query({ name: kind })).state;
      } catch {
        // Firefox and older WebKit do not know these names.
        return null;
      }
    },
    canChooseSpeaker: 'setSinkId' in HTMLMediaElement.prototype,
  };
}
