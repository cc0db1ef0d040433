// English words. The shape of this object is the list of everything the screen can say; Korean must match it by type. Areas stand in en/.
// A failure says, in this order: what happened, what is safe, what to do.
import { bar, keys, media, room } from './en/call';
import { chip, comparing, details, people, trouble } from './en/connection';
import { lobby, settings } from './en/entry';
import { failure } from './en/failures';
import { chat, drop, file } from './en/talk';
import { pluralOf } from './plural';

const count = pluralOf('en');

export const en = {
  app: {
    name: 'Parlor',
    promise: 'Talk, write and hand over files, straight from device to device.',
    brokenTitle: 'Parlor lost its footing',
    brokenBody: 'The screen could not go on. Files that were proven are safe. Open it again to come back to the room.',
    reload: 'Open again',
  },
  you: 'You',
  nameless: 'Guest',
  close: 'Close',
  cancel: 'Cancel',
  retry: 'Try again',
  dismiss: 'Put away',
  copied: 'Copied',
  copyFailed: 'Copying was not allowed. Select the link and copy it by hand.',
  lobby,
  media,
  room,
  bar,
  leave: {
    title: 'Leave while files are moving?',
    body: (n: number): string =>
      count(n, {
        one: 'A transfer is not finished. If you leave now it stops. Where what had arrived could be kept, it goes on when the same is offered again.',
        other: `${n} transfers are not finished. If you leave now they stop. Where what had arrived could be kept, they go on when the same is offered again.`,
      }),
    stay: 'Stay',
    go: 'Leave and stop',
  },
  panel: {
    chat: 'Chat and files',
    people: 'People',
    details: 'Connection',
    close: 'Close the side panel',
  },
  chat,
  file,
  drop,
  people,
  chip,
  details,
  comparing,
  trouble,
  settings,
  keys,
  notify: {
    wrote: (name: string): string => `${name} wrote`,
    offers: (name: string): string => `${name} offers files`,
  },
  failure,
};

/** Everything the screen can say, in one language. */
export type Words = typeof en;
