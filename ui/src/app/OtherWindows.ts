// Knows whether another window of this program is in a room, so that nobody sits there twice by accident.
//
// Promises: answers within `ANSWER_MS`; a window that does not answer counts as not there. Links stay within the origin.

/** The other windows. */
export interface OtherWindows {
  /** Whether another window is in the room of this link. */
  isIn(link: string): Promise<boolean>;
  /** Answers for this window from now on; returns how to stop. */
  enter(link: string): () => void;
}

/** A window of the same origin answers within a few milliseconds; a busy one within this. */
const ANSWER_MS = 150;

/** What windows say to each other. */
interface Word {
  readonly kind: 'ask' | 'here';
  readonly key: string;
}

/** Over a BroadcastChannel; where there is none, there are no other windows. */
export function broadcastOtherWindows(): OtherWindows {
  if (!('BroadcastChannel' in globalThis)) return { isIn: () => Promise.resolve(false), enter: () => () => undefined };
  const open = () => new BroadcastChannel('parlor.rooms');
  return {
    isIn: (link) =>
      new Promise((resolve) => {
        const key = keyOf(link);
        const channel = open();
        const answer = (isIn: boolean): void => {
          clearTimeout(timer);
          channel.close();
          resolve(isIn);
        };
        const timer = setTimeout(() => answer(false), ANSWER_MS);
        channel.onmessage = ({ data }: MessageEvent<unknown>) => {
          if (isWord(data) && data.kind === 'here' && data.key === key) answer(true);
        };
        channel.postMessage({ kind: 'ask', key } satisfies Word);
      }),
    enter: (link) => {
      const key = keyOf(link);
      const channel = open();
      channel.onmessage = ({ data }: MessageEvent<unknown>) => {
        if (isWord(data) && data.kind === 'ask' && data.key === key) channel.postMessage({ kind: 'here', key } satisfies Word);
      };
      return () => channel.close();
    },
  };
}

/** Both forms of a link end in the same secret. */
function keyOf(link: string): string {
  return link.slice(link.indexOf('#'));
}

function isWord(data: unknown): data is Word {
  return typeof data === 'object' && data !== null && 'kind' in data && 'key' in data && typeof data.key === 'string';
}
