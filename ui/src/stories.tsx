// Still pictures of every screen, for looking at and for screenshots. Not part of the build; served by `vite` in development:
//
//     /stories.html?screen=<name>&theme=day|evening&language=en|ko
//
// A browser that starts them needs `--autoplay-policy=no-user-gesture-required`, or it shows the button that asks for sound.
// Screens are the keys of STORIES below; without `screen` all are listed. `document.body.dataset.story` is `ready` when the
// picture stands still. The screens are the real ones on the real session; only host, devices and call are made up.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { RemoteSnapshot } from './call';
import { App } from './app/App';
import { Session } from './app/Session';
import { TransferHistory } from './app/TransferHistory';
import type { Panel } from './app/state/AppState';
import { FakeHost, pageStorage, SETTINGS } from './app/testing/FakeHost';
import { FakeCall, FakeLocalMedia } from './app/testing/FakeMedia';
import { LINK, peer, SELF, THEO, transfer } from './app/testing/samples';
import { paintedPerson } from './app/testing/paintedPerson';
import { paintedScreen } from './app/testing/paintedScreen';
import type { CodeState } from './protocol/CodeState';
import type { Peer } from './protocol/Peer';
import type { Transfer } from './protocol/Transfer';
import type { TransferEntry } from './protocol/TransferEntry';
import './shared/tokens/tokens.css';
import './shared/tokens/base.css';
import './app/app.css';

interface Scene {
  readonly host: FakeHost;
  readonly session: Session;
  readonly local: FakeLocalMedia;
  readonly call: () => FakeCall;
}

const query = new URLSearchParams(location.search);
const isKorean = query.get('language') === 'ko';
const say = (english: string, korean: string): string => (isKorean ? korean : english);
const theo = (change: Partial<Peer> = {}): Peer => peer({ name: say('Theo', '태오'), ...change });

/** Somebody who does not stop speaking. */
function loud(listener: (level: number) => void): () => void {
  const timer = setInterval(() => listener(0.6), 100);
  return () => clearInterval(timer);
}

function remote(id: string, state: RemoteSnapshot['state'], hue: number, isSpeaking = false): RemoteSnapshot {
  const isShown = state === 'live' || state === 'interrupted';
  return { peer: id, state, media: isShown ? { kind: 'stream', stream: paintedPerson(hue), watchLevel: isSpeaking ? loud : () => () => undefined } : null, problem: null, proof: isShown ? 'certificate' : null, retry: state === 'failed' ? () => undefined : null };
}

/** Who else may be here; a hue tells their pictures apart. */
const GUESTS: readonly (readonly [string, string])[] = [
  ['Theo', '태오'],
  ['Hana', '하나'],
  ['Wilhelmina van der Meulen-Okonkwo', '김수한무거북이와두루미'],
  ['Bo', '보'],
  ['Jun', '준'],
  ['Amara', '아마라'],
  ['Seo-yeon', '서연'],
  ['Luis', '루이스'],
  ['Ada', '지우'],
  ['Ben', '민준'],
  ['Chiara', '하윤'],
  ['Dmitri', '도윤'],
  ['Esi', '은서'],
  ['Farid', '유진'],
  ['Greta', '소율'],
];

/** So many others are here and seen, with everything in order but what `change` says of the one at a place. */
function group(set: Scene, count: number, change: Record<number, { readonly peer?: Partial<Peer>; readonly remote?: Partial<RemoteSnapshot> }> = {}): void {
  set.local.turnOn();
  enter(set);
  const ids = GUESTS.slice(0, count).map((_, index) => (index + 2).toString(16).padStart(2, '0').repeat(16));
  ids.forEach((id, index) => {
    const [english, korean] = GUESTS[index] ?? ['', ''];
    set.host.say({ type: 'peer-changed', peer: peer({ id, name: say(english, korean), ...change[index]?.peer }) });
  });
  set.call().setRemotes(...ids.map((id, index) => ({ ...remote(id, 'live', 28 + index * 47, index === 0), ...change[index]?.remote })));
}

function enter({ host, session }: Scene, link = LINK): void {
  session.startRoom();
  host.say({ type: 'room-entered', room: '44'.repeat(16), link, self_peer: SELF, ice_servers: [] });
}

function code({ host }: Scene, state: CodeState, text: string | null): void {
  host.say({ type: 'code-changed', code: { state, text, left_ms: 552_000, failure: null } });
}

function two(set: Scene, change: Partial<Peer> = {}, state: RemoteSnapshot['state'] = 'live'): void {
  set.local.turnOn();
  enter(set);
  set.host.say({ type: 'peer-changed', peer: theo(change) });
  set.call().setRemotes(remote(THEO, state, 28));
}

function talk({ host, session }: Scene): void {
  session.sendText(say('There you are! How is the garden?', '어서 와! 정원은 어때?'));
  const id = host.last('send-text')?.id ?? '';
  host.say(
    { type: 'text-delivered', peer: THEO, id },
    { type: 'text-received', peer: THEO, id: '01', body: say('Full of persimmons. Wait, I’ll send you the plan and a few pictures.', '감이 잔뜩 열렸어. 잠깐만, 배치도랑 사진 몇 장 보낼게.'), sent_at_ms: 0 },
    { type: 'transfer-changed', transfer: transfer({ id: '0a', state: 'proven', entries: [{ path: say('Garden plan.pdf', '정원 배치도.pdf'), size: 4_200_000, proven: true, failed: null }], proven_count: 1, stored_bytes: 4_200_000 }) },
    { type: 'transfer-changed', transfer: transfer({ id: '0b', state: 'moving', entries: [{ path: say('A morning under the old persimmon tree, October 2026.mov', '오래된 감나무 아래에서 보낸 시월의 어느 아침 2026.mov'), size: 1_240_000_000, proven: false, failed: null }], total_bytes: 1_240_000_000, stored_bytes: 533_200_000, bytes_per_second: 12_100_000, remaining_ms: 58_000 }) },
    { type: 'transfer-changed', transfer: transfer({ id: '0c', entries: ['IMG_2041.jpg', 'IMG_2042.jpg', 'IMG_2043.jpg'].map((path) => ({ path, size: 3_100_000, proven: false, failed: null })), entry_count: 3, total_bytes: 9_300_000 }) },
  );
}

/** Transfers in every state a card has actions or words of its own for. */
function cards({ host }: Scene): void {
  const film = [{ path: say('Persimmons, drying.mov', '곶감 말리기.mov'), size: 1_240_000_000, proven: false, failed: null }];
  const under = { entries: film, total_bytes: 1_240_000_000, stored_bytes: 533_200_000 };
  const entry = (path: string, proven: boolean, failed: TransferEntry['failed']): TransferEntry => ({ path: `${say('Garden', '정원')}/${path}`, size: 3_100_000, proven, failed });
  const mixed = { entries: [entry('1.jpg', true, null), entry('2.jpg', false, 'source-changed'), entry('3.jpg', false, 'declined')], entry_count: 3, proven_count: 1, total_bytes: 6_200_000 };
  for (const [index, change] of [
    { ...under, state: 'moving', bytes_per_second: 12_100_000, remaining_ms: 58_000 },
    { ...under, state: 'paused', paused_by_us: true },
    { ...under, state: 'paused', direction: 'sending' },
    { ...mixed, state: 'partial', direction: 'sending' },
    { ...mixed, state: 'proven', proven_count: 2 },
    { state: 'declined', direction: 'sending' },
    { state: 'cancelled', direction: 'sending', code: 'no-space' },
  ].entries() as Iterable<[number, Partial<Transfer>]>) {
    host.say({ type: 'transfer-changed', transfer: transfer({ id: `0${String(index)}`, ...change }) });
  }
}

/** Offers to choose from. */
function offers({ host }: Scene): void {
  const entries = ['IMG_2041.jpg', 'IMG_2042.jpg', say('Harvest, with everyone under the old tree.jpg', '오래된 나무 아래 모두 모인 수확 날.jpg')].map((path) => ({ path, size: 3_100_000, proven: false, failed: null }));
  host.say(
    { type: 'transfer-changed', transfer: transfer({ id: '0a', entries: [{ path: say('Set up the printer.exe', '프린터 설치.exe'), size: 48_000_000, proven: false, failed: null }], total_bytes: 48_000_000, executable: true }) },
    { type: 'transfer-changed', transfer: transfer({ id: '0b', entries, entry_count: 3 + 340, total_bytes: 1_063_300_000 }) },
  );
}

/** Texts with something in them. */
function texts({ host, session }: Scene): void {
  session.sendText(say('The recipe is at https://persimmon.example/dry?days=40 and here: https://감나무.example/곶감', '만드는 법은 https://persimmon.example/dry?days=40 과 https://감나무.example/곶감 에 있어'));
  const code = 'const days = 40;\nfor (let day = 0; day < days; day += 1) {\n  turn(persimmons, { gently: true, side: day % 2 === 0 ? "sun" : "shade" });\n}';
  const long = say('Peel them, keep the stems, hang them up where the wind goes through.\n', '껍질을 벗기고 꼭지는 남겨서 바람이 통하는 곳에 매달아.\n').repeat(14);
  for (const [index, body] of [`${say('I made it `once` like this:', '나는 `한 번` 이렇게 했어:')}\n\`\`\`ts\n${code}\n\`\`\``, long].entries()) {
    host.say({ type: 'text-received', peer: THEO, id: `0${String(index)}`, body, sent_at_ms: 0 });
  }
}

/** What ended on other days. */
function past(history: TransferHistory): void {
  const one = { bytes: 4_200_000, person: say('Theo', '태오'), code: null, endedByUs: false, entryCount: 1, provenCount: 1, declinedCount: 0 };
  const day = Date.UTC(2026, 9, 19, 18, 2);
  history.add({ ...one, id: '1', name: null, entryCount: 12, provenCount: 12, bytes: 37_000_000, state: 'proven', isReceiving: false, endedAtMs: day - 4e8 });
  history.add({ ...one, id: '2', name: say('Persimmons, drying.mov', '곶감 말리기.mov'), state: 'cancelled', code: 'no-space', isReceiving: false, endedAtMs: day - 5e6 });
  history.add({ ...one, id: '3', name: say('Garden plan.pdf', '정원 배치도.pdf'), state: 'proven', isReceiving: true, endedAtMs: day });
}

function panel(set: Scene, which: Panel): void {
  set.session.choosePanel(which);
}

/** Every screen by name. */
const STORIES: Record<string, (set: Scene) => void> = {
  'lobby': ({ local }) => local.turnOn(),
  'lobby-first': () => undefined,
  'lobby-refused': ({ local }) => {
    local.fail('camera', 'refused');
    local.fail('microphone', 'refused');
  },
  'lobby-insecure': ({ local }) => {
    local.fail('camera', 'insecure-page');
    local.fail('microphone', 'insecure-page');
  },
  'lobby-invited': ({ local, host }) => {
    local.turnOn();
    host.arrive(LINK);
  },
  'lobby-failure': ({ local, host, session }) => {
    local.turnOn();
    session.joinRoom(LINK, true);
    host.say({ type: 'room-changed', state: 'closed', failure: { code: 'room-refused', detail: '' } });
  },
  'lobby-nearby': ({ local, host }) => {
    local.turnOn();
    host.say({
      type: 'nearby-changed',
      rooms: [
        { name: say('Theo', '태오'), server: 'https://192.168.1.7:5000', number: 7 },
        { name: say('Wilhelmina van der Meulen-Okonkwo', '김수한무거북이와두루미'), server: 'https://192.168.1.23:5000', number: 42 },
      ],
    });
  },
  'lobby-code': ({ local, host, session }) => {
    local.turnOn();
    session.joinByCode('7-apple-lantern-tulip', null);
    host.say({ type: 'room-changed', state: 'entering', failure: null }, { type: 'room-changed', state: 'closed', failure: { code: 'code-unknown', detail: '' } });
  },
  'lobby-code-wrong': ({ local, host, session }) => {
    local.turnOn();
    session.joinByCode('7-apple-lantern-tulip', null);
    host.say({ type: 'room-changed', state: 'entering', failure: null }, { type: 'room-changed', state: 'closed', failure: { code: 'code-wrong', detail: '' } });
  },
  'entering': ({ local, session }) => {
    local.turnOn();
    session.joinRoom(LINK, true);
  },
  'alone': (set) => {
    set.local.turnOn();
    enter(set);
  },
  'alone-own': (set) => {
    set.local.turnOn();
    enter(set, 'https://192.168.1.7:5000/#v1.Hq3vN0sYw6kC1rT9xZ4bJ7mL2pD5gF8aQeUiOoXyWtR.c2hhMjU2IG9mIGEgY2VydGlmaWNhdGUgb2Ygb25lcw8');
    open('certificate-summary');
  },
  'alone-code': (set) => {
    set.local.turnOn();
    enter(set);
    code(set, 'waiting', say('42-apricot-lantern-tulip', '42-사과-나무-하늘'));
  },
  'alone-burnt': (set) => {
    enter(set);
    code(set, 'burnt', null);
  },
  'alone-withdraw': (set) => {
    enter(set);
    open('withdraw');
  },
  'alone-for-one': (set) => {
    enter(set);
    set.host.say({ type: 'invitation-for-one', only: true });
  },
  'two-for-one': (set) => {
    two(set);
    set.host.say({ type: 'invitation-withdrawn', by: null, guest: THEO });
    open('invite');
  },
  'alone-withdrawn': (set) => {
    enter(set);
    set.host.say({ type: 'invitation-withdrawn', by: null, guest: null });
  },
  'two-withdrawn': (set) => {
    two(set);
    set.host.say({ type: 'invitation-withdrawn', by: THEO, guest: null });
    open('invite');
  },
  'two-invite': (set) => {
    two(set);
    code(set, 'tried', say('42-apricot-lantern-tulip', '42-사과-나무-하늘'));
    open('invite');
  },
  'two': (set) => two(set),
  'two-connecting': (set) => two(set, { link: 'connecting', proof: null, path: null, rtt_ms: null }, 'connecting'),
  'two-camera-off': (set) => two(set, { camera: false, microphone: false }),
  'two-interrupted': (set) => two(set, { link: 'interrupted' }, 'interrupted'),
  'two-failed': (set) => two(set, { link: 'failed', proof: null, path: null, rtt_ms: null, failure: { code: 'connect-failed', detail: '' } }, 'connecting'),
  'two-chat': (set) => {
    two(set);
    talk(set);
    panel(set, 'chat');
  },
  'files': (set) => {
    two(set);
    cards(set);
    panel(set, 'chat');
  },
  'files-offered': (set) => {
    two(set);
    offers(set);
    panel(set, 'chat');
    setTimeout(() => {
      for (const more of document.querySelectorAll<HTMLElement>('[data-state=waiting] .card-more')) more.click();
      setTimeout(() => document.querySelectorAll<HTMLElement>('[data-testid=want-entry] input')[1]?.click(), 100);
    }, 300);
  },
  'texts': (set) => {
    two(set);
    texts(set);
    panel(set, 'chat');
  },
  'two-unread': (set) => {
    two(set);
    talk(set);
  },
  'two-people': (set) => {
    two(set, { host: 'browser', proof: 'description' });
    panel(set, 'people');
    set.session.files.setAutoAccept(THEO, true);
  },
  'two-details': (set) => {
    two(set, { host: 'browser', proof: 'description', path: 'relayed', rtt_ms: 84 });
    panel(set, 'details');
  },
  'two-drop': (set) => {
    two(set);
    setTimeout(() => set.host.drop(true), 100);
  },
  'server-gone': (set) => {
    two(set);
    set.host.say({ type: 'room-changed', state: 'reconnecting', failure: { code: 'server-unreachable', detail: '' } });
  },
  'left': (set) => {
    two(set);
    set.host.say({ type: 'peer-left', peer: THEO, said_bye: true });
    set.call().setRemotes();
  },
  'closed': (set) => {
    two(set);
    talk(set);
    set.host.say({ type: 'peer-left', peer: THEO, said_bye: true }, { type: 'room-changed', state: 'closed', failure: null });
    set.call().setRemotes();
    panel(set, 'chat');
  },
  'three': (set) => group(set, 2),
  'five': (set) =>
    group(set, 4, {
      1: { peer: { microphone: false } },
      2: { peer: { camera: false } },
      3: { peer: { link: 'interrupted' }, remote: { state: 'interrupted' } },
    }),
  'five-chat': (set) => {
    group(set, 4);
    talk(set);
    panel(set, 'chat');
  },
  'five-trouble': (set) =>
    group(set, 4, {
      0: { remote: { state: 'failed', media: null, proof: null, retry: () => undefined } },
      1: { remote: { state: 'refused', media: null, proof: null, retry: () => undefined } },
      2: { peer: { host: 'browser' }, remote: { media: { kind: 'stream', stream: new MediaStream(), watchLevel: () => () => undefined }, problem: 'no-shared-video-codec' } },
      3: { peer: { host: 'shell', camera: false, microphone: false }, remote: { state: 'connecting', media: null, proof: null } },
    }),
  'nine': (set) => group(set, 8, { 4: { peer: { camera: false, microphone: false } } }),
  'sixteen': (set) => group(set, 15, { 4: { peer: { camera: false, microphone: false } } }),
  'five-screen': (set) => group(set, 4, { 1: { remote: { media: { kind: 'stream', stream: paintedScreen(), watchLevel: () => () => undefined } } } }),
  'nine-enlarged': (set) => {
    group(set, 8);
    setTimeout(() => document.querySelectorAll<HTMLElement>('[data-testid=enlarge]')[2]?.click(), 300);
  },
  'two-screen': (set) => {
    two(set);
    set.call().setRemotes({ ...remote(THEO, 'live', 28), media: { kind: 'stream', stream: paintedScreen(), watchLevel: loud } });
  },
  'sharing': (set) => {
    group(set, 2);
    set.local.share(paintedScreen());
  },
  'two-sharing': (set) => {
    two(set);
    set.local.share(paintedScreen());
  },
  'no-call': (set) => {
    enter(set);
    set.host.say({ type: 'peer-changed', peer: theo({ host: 'browser', proof: 'description', path: 'local' }) });
  },
  'settings': ({ local }) => {
    local.turnOn();
    open('settings');
  },
  'keys': (set) => {
    two(set);
    setTimeout(() => document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '?', bubbles: true })), 200);
  },
  'leave': (set) => {
    two(set);
    talk(set);
    open('leave');
  },
};

function open(testId: string): void {
  setTimeout(() => document.querySelector<HTMLElement>(`[data-testid=${testId}]`)?.click(), 200);
}

function show(name: string, story: (set: Scene) => void): void {
  const hasCall = name !== 'no-call';
  const host = new FakeHost(hasCall ? 'browser' : 'app', { serveRooms: !hasCall, chooseFolder: !hasCall || name === 'settings', pickFolder: false, lookNearby: name === 'lobby-nearby', call: hasCall });
  const storage = pageStorage();
  const history = new TransferHistory(() => storage);
  if (name === 'settings') past(history);
  if (name === 'settings') host.left = { transfers: 2, bytes: 3_200_000_000 };
  const local = new FakeLocalMedia(paintedPerson(210));
  let call = new FakeCall(local);
  const session = new Session({
    host,
    connect: null,
    settings: {
      ...SETTINGS,
      name: name === 'lobby-first' ? '' : say('Mina', '미나'),
      theme: query.get('theme') === 'evening' ? 'evening' : 'day',
      language: isKorean ? 'ko' : 'en',
    },
    memory: { stay: () => null, keep: () => undefined, forget: () => undefined },
    history,
    otherWindows: { isIn: () => Promise.resolve(false), enter: () => () => undefined },
    now: () => Date.UTC(2026, 9, 20, 19, 24),
    randomId: () => '05'.repeat(16),
    openMedia: () => local,
    openCall: () => (call = new FakeCall(local, hasCall)),
  });
  session.start();
  const root = document.getElementById('root');
  if (root === null) throw new Error('the page has no #root');
  createRoot(root).render(
    <StrictMode>
      <App session={session} />
    </StrictMode>,
  );
  setTimeout(() => {
    story({ host, session, local, call: () => call });
    setTimeout(() => (document.body.dataset['story'] = 'ready'), 700);
  }, 50);
}

const name = query.get('screen');
const story = name === null ? undefined : STORIES[name];
if (name !== null && story !== undefined) show(name, story);
else {
  for (const each of Object.keys(STORIES)) {
    const link = document.createElement('a');
    link.href = `?screen=${each}`;
    link.textContent = each;
    document.body.append(link, document.createElement('br'));
  }
  document.body.dataset['story'] = 'ready';
}
