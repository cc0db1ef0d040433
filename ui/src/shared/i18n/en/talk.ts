// English words: writing, and handing files over.
import { transferEnd } from './failures';
import { pluralOf } from '../plural';

const count = pluralOf('en');

export const chat = {
  landmark: 'Chat and files',
  emptyTitle: 'Nothing said yet',
  emptyBody: 'Write something, or drop files anywhere on the window. It stays until you leave the room.',
  emptyAlone: 'As soon as someone is here you can write and hand over files.',
  input: 'Message',
  placeholder: 'Write a message',
  send: 'Send',
  attach: 'Attach files',
  attachFolder: 'Attach a folder',
  tooLong: 'This message is too long. Split it, or send it as a file.',
  fromYou: 'You',
  delivered: 'Arrived',
  sending: 'On its way',
  notSent: 'Nobody was here to receive it',
  notSentTitle: 'Not sent',
  newBelow: 'New messages',
  joined: (name: string): string => `${name} came in`,
  left: (name: string): string => `${name} left`,
  lost: (name: string): string => `${name} was lost: the connection did not come back`,
  arrived: (name: string, text: string): string => `${name}: ${text}`,
};

export const file = {
  several: (n: number): string => count(n, { one: '1 file', other: `${n} files` }),
  from: (name: string): string => `from ${name}`,
  to: (name: string): string => `to ${name}`,
  progress: (name: string): string => `Progress of ${name}`,
  accept: 'Accept',
  decline: 'Decline',
  cancel: 'Cancel',
  open: 'Open',
  show: 'Show in folder',
  save: 'Save',
  ask: (name: string): string => `${name} wants to hand you this.`,
  waitingOther: (name: string): string => `Waiting for ${name} to accept`,
  starting: 'Starting…',
  interrupted: 'Interrupted, goes on by itself',
  provenReceived: 'Here, and every byte is proven',
  provenSent: 'Handed over, and every byte is proven',
  partial: (done: number, all: number): string => `${done} of ${all} files are here and proven; the rest could not be handed over`,
  partialSent: (done: number, all: number): string => `${done} of ${all} files were handed over and proven`,
  declinedByYou: 'You declined',
  declinedByOther: (name: string): string => `${name} declined`,
  cancelledByYou: 'You stopped it',
  cancelledByOther: (name: string): string => `${name} stopped it`,
  peerGone: 'Stopped: the other side is gone',
  end: transferEnd,
  left: (time: string): string => `${time} left`,
  entries: 'Files in this transfer',
  entriesMore: (n: number): string => count(n, { one: 'and 1 more', other: `and ${n} more` }),
  entryProven: 'proven',
  announceOffer: (name: string, what: string): string => `${name} offers ${what}`,
  announceProgress: (what: string, percent: string): string => `${what}: ${percent}`,
  announceEnd: (what: string, end: string): string => `${what}: ${end}`,
  saved: 'Saved',
  useFailed: 'That did not work. The file is still safe where it was received.',
};

export const drop = {
  one: (name: string): string => `Let go to offer to ${name}`,
  nobody: 'Nobody is here yet to receive files',
  note: 'They see names and sizes and decide. Nothing is sent before.',
  choose: 'Whom are these files for?',
  chooseBody: (n: number): string => count(n, { one: '1 file chosen', other: `${n} files chosen` }),
};
