// English words: who is here, what was proven, and what troubles the room.
import { pluralOf } from '../plural';

const count = pluralOf('en');

export const people = {
  landmark: 'People in the room',
  here: (n: number): string => count(n, { one: '1 person here', other: `${n} people here` }),
  you: (name: string): string => `${name} (you)`,
  app: 'in the app',
  browser: 'in a browser',
  shell: 'from a shell',
  unknown: 'arriving',
  browserNote: 'A guest in a browser uses the page their server gave them. That page could be changed by whoever runs it.',
  micOn: 'microphone on',
  micOff: 'microphone off',
  camOn: 'camera on',
  camOff: 'camera off',
  sendFiles: (name: string): string => `Send files to ${name}`,
  autoAccept: (name: string): string => `Accept files from ${name} without asking`,
  autoAcceptNote: 'Until they or you leave the room; what already waits is taken too. What could run as a program is always asked about.',
};

export const chip = {
  label: (what: string): string => `Connection: ${what}`,
  compared: 'Compared',
  proven: { self: 'Proven by invitation', link: 'Proven by link', code: 'Proven by code' },
  provenByDescription: 'Sealed',
  unproven: 'Not proven yet',
  changed: 'Another device',
  failed: 'Not connected',
  alone: 'Only you',
  local: 'same network',
  direct: 'direct',
  relayed: 'relayed',
};

export const details = {
  title: (name: string): string => `Connection with ${name}`,
  provenCertificate: 'Both sides proved, on the live connection, that they hold this room’s invitation. Nobody without it, the server included, stands in between.',
  provenDescription:
    'Both sides proved that they hold this room’s invitation. At least one browser could not read the certificate of the live connection, so the proof covers what was agreed rather than what was measured.',
  invitedBy: {
    self: 'You made this room. Whoever is here holds its invitation: the link, or the code that you read out.',
    link: 'You came by a link. Whoever it passed through on its way to you can be in this room too.',
    code: 'You came by a spoken code that was right on its only try. Whoever read it out to you opened this room for you.',
  },
  unproven: 'Nothing is shown or passed on until both sides have proven that they hold this room’s invitation.',
  pathLocal: 'You are on the same network. Everything goes straight from device to device, without leaving it.',
  pathDirect: 'Everything goes straight from device to device over the internet. That is the fastest way there is between two networks.',
  pathRelayed:
    'No direct way was found, so a TURN server passes the sealed traffic on. It cannot read it, but it adds delay. Both on one network, or a network that blocks less, makes it direct.',
  pathRelayedChosen: 'Your settings allow relays only, so a TURN server passes the sealed traffic on. Turn that off in the settings to connect directly.',
  pathUnknown: 'The way between the two devices is still being looked for.',
  delay: (ms: string): string => `A round trip takes ${ms}.`,
  browserGuest: (name: string): string =>
    `${name} is in a browser. Their page came from a server, and whoever runs it could change it; for the strongest promise they use the app.`,
  youBrowser: 'You are in a browser. This page came from a server, and whoever runs it could change it; for the strongest promise use the app.',
  callProven: 'Picture and sound run over a connection of their own, which is proven too.',
  callWaiting: 'Picture and sound are not proven yet, so none are shown.',
  nobody: 'Nobody else is here, so there is no connection yet.',
};

export const comparing = {
  why: (name: string): string =>
    `Everyone who holds the link could call themselves ${name}. Compare once, while you hear or see each other, and you know that nobody else is in between.`,
  begin: (name: string): string => `Compare with ${name}`,
  again: 'Compare again',
  begun: (name: string): string => `Waiting for the device of ${name}…`,
  shown: 'Read these to each other. Do you both see the same, in the same order?',
  shownByThem: (name: string): string => `${name} wants to compare. Read these to each other. Do you both see the same, in the same order?`,
  emoji: 'Seven pictures to compare',
  digits: 'Or read out the digits:',
  same: 'They are the same',
  different: 'They differ',
  isSame: (name: string): string => `You compared with ${name} and found the same.`,
  remembered: 'This device is remembered and will be recognised next time.',
  notRemembered: (name: string): string => `${name} does not show which device this is, so it holds for this connection only.`,
  failed: 'The comparison broke off: what came did not fit what was fixed before. Somebody may be in between. Compare again, and leave if it happens again.',
  isDifferent:
    'You found them different, so somebody else is in between or at the other end. The connection was ended and nothing more goes to it. Hand over a new invitation by another way.',
  known: (name: string, day: string): string => `You compared with this device on ${day}, when it was called ${name}.`,
  changed: (name: string): string => `This is not the device you know as ${name}. It may be a new one of theirs, or somebody else. Compare before you trust it.`,
  unseen: (name: string): string => `You know a device called ${name}. This one does not show which it is, so it was not recognised. Compare before you trust it.`,
  wants: (name: string): string => `${name} wants to compare, to be sure that nobody is in between.`,
  look: 'Compare',
};

export const trouble = {
  landmark: 'Connection state',
  serverGone: 'The server is away. What is connected goes on; new guests cannot come in until it is back.',
  serverGoneAlone: 'The server is away. Guests cannot come in until it is back. It is tried again by itself.',
  peerInterrupted: (name: string): string => `The connection with ${name} is interrupted. It is being mended; files go on afterwards.`,
  peerFailed: (name: string, why: string): string => `${name}: ${why}`,
  closed: 'The room has ended. What was proven is yours; you can still read and save it here.',
  linkWaits: 'Another invitation arrived. It waits in the lobby until you leave this room.',
  backToLobby: 'Back to the lobby',
  mediaFailed: (name: string): string => `The call with ${name} does not come through. Writing and files are separate and go on.`,
  mediaInterrupted: (name: string): string => `Picture and sound from ${name} are interrupted. Writing and files are separate.`,
  engineLost: 'What carries picture and sound was lost and is coming back by itself. Writing and files go on.',
  codecMissing: 'This system cannot code picture or sound for sending. Install the package gstreamer1.0-plugins-good and open Parlor again. You see and hear the others.',
  left: (name: string): string => `${name} left. You can stay and wait, or leave.`,
  lost: (name: string): string => `The connection with ${name} is gone. If they come back with the link, it goes on.`,
};
