// English words: what goes wrong, and how a transfer ends.
import type { FailureCode } from '../../../protocol/FailureCode';
import type { TransferCode } from '../../../protocol/TransferCode';

/** What a failure is called, and what to do about it. */
export interface FailureWords {
  readonly title: string;
  readonly body: string;
}

export const failure: Record<FailureCode, FailureWords> = {
  'invitation-invalid': {
    title: 'This is not an invitation link',
    body: 'A piece of it may be missing. Copy the whole link from where you got it, or ask for it again.',
  },
  'invitation-version': {
    title: 'This invitation is from another version of Parlor',
    body: 'Nothing is wrong with the link. Update Parlor on both sides, then open it again.',
  },
  'code-invalid': {
    title: 'This is not a code',
    body: 'A code is a number and three words, such as 7-apple-lantern-tulip. No try was spent. Ask for it again.',
  },
  'code-unknown': {
    title: 'Nobody waits behind this code',
    body: 'The number may be misheard, or the code is over: it lives for ten minutes and lets one guest in. Check the number, or ask for a new code.',
  },
  'code-wrong': {
    title: 'The code did not fit, and is used up now',
    body: 'A word was different, or somebody else was at the door too. Nothing of the room was given away. Even the right words open nothing any more: ask for a new code.',
  },
  'server-unreachable': {
    title: 'The server cannot be reached',
    body: 'What is already connected goes on. Check your network and the server’s address, then try again.',
  },
  'server-certificate': {
    title: 'This is not the server of the invitation',
    body: 'It shows another certificate than the link names. Nothing was sent to it. Somebody may be in between, or it was set up anew: ask for a new link by another way.',
  },
  'server-version': {
    title: 'The server speaks another version',
    body: 'Nothing was sent. Update Parlor, or ask whoever runs the server to update it.',
  },
  'server-protocol': {
    title: 'The server answered something it must not',
    body: 'Your conversation is sealed and was not shown to it. Tell whoever runs the server, or choose another one in the settings.',
  },
  'room-refused': {
    title: 'This room is not there any more',
    body: 'A room closes a while after the last person leaves, and a link with a letter missing opens nothing. Ask for a new link, or start a room.',
  },
  'room-full': {
    title: 'The room is full',
    body: 'Nobody lost a seat. Wait until someone leaves, then try again.',
  },
  'create-refused': {
    title: 'This server makes rooms for its owner only',
    body: 'Guests come in by an invitation. To start a room yourself, choose another server in the settings, or start it in the app.',
  },
  'seat-taken': {
    title: 'You are already in this room in another window',
    body: 'Go on there, or close that window and come back here.',
  },
  'rate-limited': {
    title: 'The server asks for a short break',
    body: 'Nothing is lost. It is tried again by itself in a moment.',
  },
  'peer-version': {
    title: 'The other side runs another version of Parlor',
    body: 'You cannot connect with each other until both of you update.',
  },
  'proof-failed': {
    title: 'The other side could not prove who it is',
    body: 'The connection was closed before anything was said. Someone may stand in between: share a new link over a way you trust.',
  },
  'connect-failed': {
    title: 'No path was found between the two devices',
    body: 'Nothing was sent. Try another network on either side, or add a TURN server in the settings: it passes sealed traffic on when there is no direct way.',
  },
  'turn-refused': {
    title: 'The TURN server refused the user name or password',
    body: 'Check both in the settings. Direct connections are not touched by this.',
  },
  'turn-unreachable': {
    title: 'The TURN server cannot be reached',
    body: 'Check its address in the settings. Direct connections are not touched by this.',
  },
  'no-such-peer': { title: 'They are not here right now', body: 'Nothing was sent. Wait until they are back.' },
  'text-too-long': { title: 'This message is too long', body: 'It was not sent. Split it, or send it as a file.' },
  'offer-invalid': {
    title: 'These files cannot be offered',
    body: 'There were none, or more than one offer holds (20,000). Choose fewer at a time.',
  },
  'source-unreadable': {
    title: 'A chosen file cannot be read',
    body: 'It may have been moved or locked. Nothing was sent. Choose it again.',
  },
  'folder-unwritable': {
    title: 'The download folder cannot be written',
    body: 'Nothing was lost. Choose another folder in the settings, then accept again.',
  },
  'folder-full': {
    title: 'Not enough space for this offer',
    body: 'Nothing was taken, and the offer waits. Make room on the disk or choose another folder in the settings, then accept again.',
  },
  'address-taken': {
    title: 'The room cannot be opened at this address',
    body: 'Another program uses it, or the network chosen in the settings is not there. Close the other program, or choose another network or server in the settings.',
  },
  'not-now': { title: 'That does not work right now', body: 'Nothing changed. Try again in a moment.' },
  internal: {
    title: 'Something went wrong inside Parlor',
    body: 'What was proven is safe. Try again; if it stays, leave the room and come back.',
  },
};

export const transferEnd: Record<TransferCode, string> = {
  cancelled: 'Stopped',
  declined: 'Not wanted',
  'no-space': 'The disk of the receiver is full. Free some space and send it again.',
  'write-failed': 'The receiver could not write it. Check the download folder and send it again.',
  'read-failed': 'The sender could not read the file. Choose it again.',
  'source-changed': 'The file changed while it was being sent, so it was dropped. Send it again.',
  corrupt: 'What arrived did not match its proof, so it was dropped. Send it again.',
  forgotten: 'The sender started anew. When the same is sent again, it goes on where it was.',
  'bad-offer': 'Refused: a file has an unsafe name, or there are too many.',
  protocol: 'Stopped: the other side did not keep to the rules. Update Parlor on both sides.',
};
