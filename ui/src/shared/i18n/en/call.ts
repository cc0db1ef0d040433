// English words: own devices, the stage and its controls.
import type { MediaProblem, RemoteProblem, ScreenProblem } from '../../../call/CallSnapshot';
import type { CodeState } from '../../../protocol/CodeState';
import type { FailureWords } from './failures';
import { pluralOf } from '../plural';

const count = pluralOf('en');

const mediaProblem: Record<MediaProblem, FailureWords> = {
  'insecure-page': {
    title: 'This page is not on HTTPS',
    body: 'Browsers hand out camera and microphone on secure pages only. Writing and files work here; for a call open the address with https://.',
  },
  unsupported: {
    title: 'Camera and microphone cannot be used here',
    body: 'This program gives pages no access to them. Writing and files work fully.',
  },
  refused: {
    title: 'Access is not allowed',
    body: 'Allow it for this page in the address bar, or in the privacy settings of the system, then try again. You can go on without.',
  },
  'no-device': {
    title: 'None was found',
    body: 'Plug one in and try again, or go on without. You still see, hear, write and hand over files.',
  },
  busy: { title: 'Another program is using it', body: 'Close the other program and try again, or go on without.' },
  unplugged: {
    title: 'It was unplugged',
    body: 'The room goes on. Plug it in again or choose another one.',
  },
  withdrawn: {
    title: 'Its permission was taken back',
    body: 'The room goes on. Allow it again and turn it on, or stay without.',
  },
  'codec-missing': {
    title: 'This system cannot code it for sending',
    body: 'Install the package gstreamer1.0-plugins-good and open Parlor again. You can stay without.',
  },
  failed: { title: 'It could not be started', body: 'Try again, or choose another one. You can go on without.' },
};

const screenProblem: Record<ScreenProblem, string> = {
  refused: 'Nothing of your screen is shared. If no question came up, the system does not allow it: look into its privacy settings.',
  'no-source':
    'This desktop offers no screen to share. On Linux that takes a screen-cast portal: install xdg-desktop-portal and the part made for your desktop. The call goes on.',
  failed: 'The screen could not be captured. Try again, or choose another window. The call goes on.',
};

const remoteProblem: Record<RemoteProblem, (name: string) => string> = {
  'no-shared-audio-codec': (name) => `Your program and ${name}’s share no format for sound, so you do not hear each other. Writing and files go on.`,
  'no-shared-video-codec': (name) => `Your program and ${name}’s share no format for pictures. Sound goes on.`,
  'codec-missing': (name) => `This system cannot show ${name}’s picture. Install the package gstreamer1.0-plugins-good and open Parlor again.`,
};

const codeState: Record<Exclude<CodeState, 'failed'>, string> = {
  opening: 'Looking for a free number…',
  waiting: 'The code is ready. Nobody has tried it yet.',
  tried: 'Somebody is trying the code…',
  used: 'The code is used: your guest has the invitation.',
  burnt: 'A wrong try has used the code up. Nobody came in with it.',
  expired: 'The ten minutes of the code are over.',
  closed: 'The code has ended. It opens nothing any more.',
};

export const media = {
  camera: 'Camera',
  microphone: 'Microphone',
  speaker: 'Speaker',
  systemDefault: 'Chosen by the system',
  cameraOn: 'Turn camera on',
  cameraOff: 'Turn camera off',
  microphoneOn: 'Turn microphone on',
  microphoneOff: 'Turn microphone off',
  screenOn: 'Share your screen',
  screenOff: 'Stop sharing your screen',
  screenUnsupported: 'Not possible in this program',
  screenProblem,
  level: 'Microphone level',
  levelQuiet: 'Nothing heard',
  levelGood: 'You can be heard',
  problem: mediaProblem,
  of: (device: string, what: string): string => `${device}: ${what}`,
};

export const room = {
  landmark: 'Room',
  stage: 'Stage',
  invitation: {
    title: 'The room is open',
    body: 'Hand this link to whoever should come in. It opens in the app and in any browser.',
    link: 'Invitation link',
    copy: 'Copy link',
    share: 'Share…',
    shareText: 'Come into my Parlor',
    who: 'Who has the link can come in, up to 16. The server cannot: it never sees the part after #.',
    forOne: 'For one guest only',
    whoForOne: 'The first who comes with the link is let in, and nobody after. The server cannot come in: it never sees the part after #.',
    waiting: 'Waiting for the first guest',
    foldedTitle: 'Invite someone else',
    qr: 'The invitation link as a QR code',
  },
  withdrawal: {
    ask: 'Withdraw the invitation…',
    note: 'Nobody new can enter then, and it cannot be taken back. Whoever is in the room stays.',
    forGood: 'Withdraw',
    keep: 'Keep',
    title: 'The invitation is withdrawn',
    alone: 'You are alone here',
    byUs: 'You withdrew the invitation. Nobody new can enter.',
    by: (name: string): string => `${name} withdrew the invitation. Nobody new can enter.`,
    forGuest: (name: string | null): string => `${name ?? 'Your one guest'} came. It was an invitation for one guest, and nobody new can enter.`,
    done: 'The invitation was withdrawn. Nobody new can enter.',
  },
  certificate: {
    summary: 'A guest’s browser warns once',
    way: 'This device serves the room itself, by a certificate that it made, so a browser warns that nobody vouches for it. In the browser: “Advanced”, then “Continue” (Safari: “Show details”, then “visit this website”). The app knows the certificate by the link and does not ask.',
    check: 'Who wants to be sure compares what the browser shows as the certificate’s SHA-256:',
  },
  code: {
    title: 'Code to read out',
    open: 'Read out a code',
    openNote: 'For the telephone: a number and three words, good for one guest and ten minutes.',
    again: 'Make a new one',
    end: 'End the code',
    tell: (server: string): string => `Read it to one person only. They open ${server} and type it in place of a link.`,
    left: (time: string): string => `${time} left`,
    state: codeState,
    burntWhy: 'A word may have been misheard. If your guest has typed nothing yet, somebody else is guessing.',
    noNumber: 'No free number was found for a code. Try again in a moment.',
    notMade: 'There is no code any more. Make a new one when that is mended.',
  },
  joinedAlone: {
    title: 'Nobody else is here yet',
    body: 'Stay a moment, the others may be on their way. You can also hand the link on.',
  },
  leftAlone: {
    title: 'Only you are here now',
    body: 'Stay and wait, or hand the link on. What was said and handed over stays here until you leave.',
  },
  connecting: (name: string): string => `Connecting with ${name}…`,
  pictureComing: (name: string): string => `${name}’s picture is on its way…`,
  muted: 'Microphone off',
  playBlockedTitle: 'Your browser waits with the sound',
  playBlocked: 'Play sound and picture',
  noCall: 'No calls can be made here: this program’s web view lacks what they need. Writing and handing over files work fully.',
  people: 'People on the stage',
  enlarge: (name: string): string => `Enlarge ${name}`,
  allAlike: 'Show everyone at the same size',
  whole: 'Show the whole picture',
  fill: 'Fill the stage with the picture',
  interrupted: 'Interrupted',
  cameraOff: 'Camera off',
  problem: remoteProblem,
  self: 'Your picture',
  selfScreen: 'You share your screen',
  selfMove: 'Move your picture. Arrow keys put it into another corner.',
  selfHide: 'Put your picture away',
  selfShow: 'Show your picture',
  proving: 'The call is being proven…',
  callRefused: 'The call was closed: it was not proven to be with the right device.',
};

export const bar = {
  landmark: 'Controls',
  files: 'Send files',
  chat: 'Chat',
  people: 'People',
  settings: 'Settings',
  more: 'More',
  keys: 'Keys',
  leave: 'Leave',
  shortcut: (label: string, key: string): string => `${label} (${key})`,
  unread: (n: number): string => count(n, { one: '1 new message', other: `${n} new messages` }),
  talking: 'You are heard while you hold Space',
};

export const keys = {
  title: 'Keys',
  talk: 'Hold to talk while muted',
  microphone: 'Microphone on or off',
  camera: 'Camera on or off',
  screen: 'Share the screen, or stop',
  chat: 'Chat',
  files: 'Send files',
  people: 'People',
  list: 'This list',
  escape: 'Close what is open',
  space: 'Space',
  esc: 'Esc',
};
