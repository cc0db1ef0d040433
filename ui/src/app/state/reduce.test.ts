// What happened becomes what is shown: promises of the reducer, of the trouble line and of what is told aloud.
import { describe, expect, it } from 'vitest';
import type { CodeState } from '../../protocol/CodeState';
import type { Event } from '../../protocol/Event';
import type { FailureCode } from '../../protocol/FailureCode';
import type { Transfer } from '../../protocol/Transfer';
import { languageOf } from '../../shared/i18n/Language';
import { HANA, LINK, peer, SELF, THEO, transfer } from '../testing/samples';
import { INITIAL, isTakenUnasked, peopleHere, unfinishedTransfers, type AppState } from './AppState';
import { reduce, type Input } from './reduce';
import { tidingsBetween } from './tidings';
import { troubleOf } from './trouble';

const ENTERED: Event = { type: 'room-entered', room: '44'.repeat(16), link: LINK, self_peer: SELF, ice_servers: [] };
const ENTERING: Event = { type: 'room-changed', state: 'entering', failure: null };
const UNREACHABLE: Event = { type: 'room-changed', state: 'entering', failure: { code: 'server-unreachable', detail: '' } };
const START: Input = { type: 'entry-begun', entry: { how: 'start' } };

function after(state: AppState, ...inputs: readonly (Input | Event)[]): AppState {
  return inputs.reduce<AppState>((now, input) => {
    const isInput = 'atMs' in input || INPUTS.has(input.type);
    return reduce(now, isInput ? (input as Input) : { type: 'host-event', event: input as Event, atMs: 1000 });
  }, state);
}

const INPUTS = new Set([
  'entry-begun', 'entry-refused', 'entry-given-up', 'room-left', 'link-arrived', 'link-forgotten', 'text-refused', 'panel-chosen',
  'visibility-changed', 'command-refused', 'refusal-read', 'files-taken', 'files-put-down', 'other-window-found', 'talk-changed',
  'offered-again', 'auto-accept-changed',
]);
const room = (...more: readonly (Input | Event)[]): AppState => after(INITIAL, START, ENTERED, ...more);
const here = (change = {}): Event => ({ type: 'peer-changed', peer: peer(change) });

describe('entering', () => {
  it('goes from the lobby over entering into the room', () => {
    expect(after(INITIAL, START).place).toBe('entering');
    expect(room()).toMatchObject({ place: 'room', entry: null, room: { link: LINK, state: 'open', invitedBy: 'self' } });
  });

  it('returns to the lobby with the reason when the door stays shut, and keeps the link that was tried', () => {
    const shut = after(
      INITIAL,
      { type: 'entry-begun', entry: { how: 'join', link: LINK } },
      ENTERING,
      { type: 'room-changed', state: 'closed', failure: { code: 'room-refused', detail: '' } },
    );
    expect(shut).toMatchObject({ place: 'lobby', entryFailure: { code: 'room-refused' }, arrivedLink: LINK, room: null });
  });

  it('is not thrown out by the late end of the stay before', () => {
    const again = after(room({ type: 'room-left' }), START, { type: 'room-changed', state: 'closed', failure: null });
    expect(again).toMatchObject({ place: 'entering', entryFailure: null });
    expect(after(again, ENTERING, ENTERED)).toMatchObject({ place: 'room', isEntryHeard: false });
  });

  it('is not thrown out by a late failure of something done in the stay before', () => {
    const failed: Event = { type: 'command-failed', failure: { code: 'no-such-peer', detail: '' }, peer: THEO };
    expect(after(INITIAL, START, failed, ENTERING, failed, ENTERED)).toMatchObject({ place: 'room', refusal: null });
  });

  it('keeps why it takes so long until it is inside', () => {
    const slow = after(INITIAL, START, ENTERING, UNREACHABLE);
    expect(slow).toMatchObject({ place: 'entering', entryFailure: { code: 'server-unreachable' } });
    expect(after(slow, ENTERED)).toMatchObject({ place: 'room', entryFailure: null });
    expect(after(slow, { type: 'entry-given-up' })).toMatchObject({ place: 'lobby', entryFailure: null });
    expect(after(slow, { type: 'room-changed', state: 'closed', failure: { code: 'room-full', detail: '' } })).toMatchObject({
      place: 'lobby',
      entryFailure: { code: 'room-full' },
    });
  });

  it('takes no trouble of the stay before for its own', () => {
    expect(after(INITIAL, START, UNREACHABLE)).toMatchObject({ place: 'entering', entryFailure: null });
  });

  it('does not enter a room that was given up meanwhile', () => {
    expect(after(INITIAL, START, { type: 'entry-given-up' }, ENTERED)).toMatchObject({ place: 'lobby', room: null });
  });

  it('takes an arrived link as a question, not as an entry', () => {
    expect(after(INITIAL, { type: 'link-arrived', link: LINK })).toMatchObject({ place: 'lobby', arrivedLink: LINK });
  });

  it('does not ask about the link of the room it is in', () => {
    expect(room({ type: 'link-arrived', link: LINK }).arrivedLink).toBeNull();
  });

  it('keeps what was said when the engine enters the same room again', () => {
    const before = room(here(), { type: 'text-received', peer: THEO, id: '01', body: 'hello', sent_at_ms: 0 });
    expect(after(before, ENTERED).stream).toEqual(before.stream);
  });

  it('forgets everything of a room that was left', () => {
    expect(room(here(), { type: 'room-left' })).toMatchObject({ place: 'lobby', justLeft: true, people: [], stream: [], room: null, unread: 0 });
  });
});

describe('a spoken code', () => {
  const opened = (state: CodeState, text: string | null = null): Event => ({ type: 'code-changed', code: { state, text, left_ms: 600_000, failure: null } });
  const knocking = after(INITIAL, { type: 'entry-begun', entry: { how: 'code', code: '7 apple', server: '' } }, ENTERING);
  const shut = (code: FailureCode): AppState => after(knocking, { type: 'room-changed', state: 'closed', failure: { code, detail: '' } });

  it('ends on the screen’s own clock, and with the room', () => {
    const waiting = room(opened('waiting', '7-apple-lantern-tulip'));
    expect(waiting.code).toEqual({ state: 'waiting', text: '7-apple-lantern-tulip', endsAtMs: 601_000, failure: null });
    expect(after(waiting, { type: 'room-left' }).code).toBeNull();
    expect(after(INITIAL, opened('closed')).code).toBeNull();
  });

  it('that opened nothing is at hand for another look, and never one that is used up', () => {
    expect(shut('code-unknown')).toMatchObject({ place: 'lobby', typedCode: '7 apple', arrivedLink: null, entryFailure: { code: 'code-unknown' } });
    expect(shut('code-wrong')).toMatchObject({ place: 'lobby', typedCode: null, entryFailure: { code: 'code-wrong' } });
    expect(after(shut('code-unknown'), START).typedCode).toBeNull();
  });

  it('is followed aloud by what becomes of it, without its words', () => {
    const [before, waiting] = [room(opened('opening')), room(opened('waiting', '7-apple-lantern-tulip'))];
    const said = (from: AppState, to: AppState): string[] => tidingsBetween(from, to, languageOf('en')).map(({ say }) => say);
    expect(said(before, waiting)).toEqual(['The code is ready. Nobody has tried it yet.']);
    expect(said(waiting, after(waiting, opened('waiting', '7-apple-lantern-tulip')))).toEqual([]);
    expect(said(waiting, after(waiting, opened('burnt')))).toEqual(['A wrong try has used the code up. Nobody came in with it.']);
    const failed = after(waiting, { type: 'code-changed', code: { state: 'failed', text: null, left_ms: 0, failure: { code: 'server-unreachable', detail: '' } } });
    expect(said(waiting, failed)[0]).toMatch(/^The server cannot be reached\./);
  });
});

describe('people', () => {
  it('tells an arrival once, and only when there is a name to tell', () => {
    const nameless = room(here({ name: '', host: null }));
    expect(nameless.stream).toHaveLength(0);
    const named = after(nameless, here(), here({ rtt_ms: 5 }));
    expect(named.stream.map((item) => item.kind)).toEqual(['presence']);
  });

  it('tells leaving apart from being lost, and tells a return again', () => {
    const left = room(here(), { type: 'peer-left', peer: THEO, said_bye: true });
    expect(left.people[0]?.presence).toBe('left');
    const lost = room(here(), { type: 'peer-left', peer: THEO, said_bye: false }, here());
    expect(lost.stream.map((item) => item.kind === 'presence' && item.what)).toEqual(['joined', 'lost', 'joined']);
    expect(peopleHere(lost)).toHaveLength(1);
  });

  it('says nothing of someone who left before having a name', () => {
    expect(room(here({ name: '', host: null }), { type: 'peer-left', peer: THEO, said_bye: false }).stream).toHaveLength(0);
  });

  it('keeps its memory bounded however many come and go', () => {
    let state = room();
    for (let index = 0; index < 300; index += 1) {
      const id = index.toString(16).padStart(32, '0');
      state = after(state, here({ id }), { type: 'peer-left', peer: id, said_bye: true });
    }
    expect(state.people.length).toBeLessThanOrEqual(128);
  });
});

describe('texts', () => {
  const received = (id: string): Event => ({ type: 'text-received', peer: THEO, id, body: 'hello', sent_at_ms: 0 });

  it('shows the same id of the same peer once', () => {
    expect(room(here(), received('01'), received('01'), received('02')).stream.filter((item) => item.kind === 'text')).toHaveLength(2);
  });

  it('counts as unread what nobody looks at, and forgets the count when the chat is opened', () => {
    const unread = room(here(), received('01'), received('02'));
    expect(unread.unread).toBe(2);
    expect(after(unread, { type: 'panel-chosen', panel: 'chat' }).unread).toBe(0);
  });

  it('counts behind a hidden window even with the chat open', () => {
    const hidden = room(here(), { type: 'panel-chosen', panel: 'chat' }, { type: 'visibility-changed', visible: false }, received('01'));
    expect(hidden.unread).toBe(1);
    expect(after(hidden, { type: 'visibility-changed', visible: true }).unread).toBe(0);
  });

  it('marks an own text as arrived at each addressee, and as refused', () => {
    const sent = room(here(), here({ id: HANA }), { type: 'text-written', id: '09', body: 'hi', atMs: 5 });
    const arrived = after(sent, { type: 'text-delivered', peer: THEO, id: '09' }, { type: 'text-delivered', peer: THEO, id: '09' });
    expect(arrived.stream.at(-1)).toMatchObject({ addressees: [THEO, HANA], deliveredTo: [THEO], failed: null });
    const refused = after(sent, { type: 'text-refused', id: '09', failure: { code: 'text-too-long', detail: '' } });
    expect(refused.stream.at(-1)).toMatchObject({ failed: 'text-too-long' });
  });

  it('keeps the newest lines and drops the oldest of an endless talker', () => {
    let state = room(here());
    for (let index = 0; index < 2_100; index += 1) state = after(state, received(String(index)));
    expect(state.stream).toHaveLength(2_000);
    expect(state.stream.at(-1)?.key).toBe(`text-${THEO}-2099`);
  });
});

describe('transfers', () => {
  it('gives a transfer one place in the stream, however often it moves', () => {
    const moving = room(
      here(),
      { type: 'transfer-changed', transfer: transfer() },
      { type: 'transfer-changed', transfer: transfer({ state: 'moving', stored_bytes: 10 }) },
    );
    expect(moving.stream.filter((item) => item.kind === 'transfer')).toHaveLength(1);
    expect(moving.unread).toBe(1);
    expect(unfinishedTransfers(moving)).toHaveLength(1);
  });

  it('does not count own offers as unread, nor unanswered ones as unfinished', () => {
    const offered = room(here(), { type: 'transfer-changed', transfer: transfer({ direction: 'sending' }) });
    expect(offered.unread).toBe(0);
    expect(unfinishedTransfers(offered)).toHaveLength(0);
  });
});

describe('files without asking', () => {
  const trusting = room(here(), here({ id: HANA }), { type: 'auto-accept-changed', peer: THEO, isOn: true });

  it('are for one person, and for one stay of theirs and ours', () => {
    expect([...trusting.autoAccepted]).toEqual([THEO]);
    expect(after(trusting, { type: 'auto-accept-changed', peer: THEO, isOn: false }).autoAccepted.size).toBe(0);
    expect(after(trusting, { type: 'peer-left', peer: HANA, said_bye: true }).autoAccepted.size).toBe(1);
    expect(after(trusting, { type: 'peer-left', peer: THEO, said_bye: false }, here()).autoAccepted.size).toBe(0);
    expect(after(trusting, { type: 'room-left' }).autoAccepted.size).toBe(0);
  });

  it('are never what could run, nor what does not wait for us', () => {
    expect(isTakenUnasked(trusting, transfer())).toBe(true);
    for (const change of [{ executable: true }, { peer: HANA }, { state: 'moving' }, { direction: 'sending' }] as const) expect(isTakenUnasked(trusting, transfer(change)), JSON.stringify(change)).toBe(false);
  });
});

describe('trouble', () => {
  it('is silent when all is well', () => {
    expect(troubleOf(room(here()))).toBeNull();
  });

  it('speaks of the gravest first', () => {
    const gone = room(here({ link: 'interrupted' }), { type: 'room-changed', state: 'reconnecting', failure: null });
    expect(troubleOf(gone)).toMatchObject({ kind: 'server-gone', isAlone: false });
    expect(troubleOf(after(gone, here({ link: 'failed' })))).toMatchObject({ kind: 'peer-failed', code: 'connect-failed' });
    expect(troubleOf(after(gone, { type: 'room-changed', state: 'closed', failure: null }))).toMatchObject({ kind: 'closed' });
  });

  it('tells that the last one left, until somebody is here again', () => {
    const left = room(here(), { type: 'peer-left', peer: THEO, said_bye: true });
    expect(troubleOf(left)).toMatchObject({ kind: 'peer-gone', saidBye: true });
    expect(troubleOf(after(left, here({ id: HANA })))).toBeNull();
  });

  it('tells that somebody could not prove anything also when they are gone at once, until it was read', () => {
    const failure = { code: 'proof-failed', detail: '' } as const;
    const gone = room(here(), here({ link: 'failed', proof: null, failure }), { type: 'peer-left', peer: THEO, said_bye: false });
    const told = troubleOf(gone);
    expect(told).toMatchObject({ kind: 'peer-failed', code: 'proof-failed' });
    expect(troubleOf(gone, [], new Set([(told as { fact: object }).fact]))).toBeNull();
    const unreachable = room(here(), here({ link: 'failed', proof: null, failure: { ...failure, code: 'connect-failed' } }), { type: 'peer-left', peer: THEO, said_bye: false });
    expect(troubleOf(unreachable)).toMatchObject({ kind: 'peer-gone' });
  });

  it('tells a refused command until it was read', () => {
    const refused = room({ type: 'command-failed', failure: { code: 'offer-invalid', detail: '' }, peer: null });
    expect(troubleOf(refused)).toMatchObject({ kind: 'refused', code: 'offer-invalid' });
    expect(troubleOf(after(refused, { type: 'refusal-read' }))).toBeNull();
  });
});

describe('tidings', () => {
  const english = languageOf('en');

  it('tells progress at quarters only', () => {
    const at = (share: number): AppState =>
      room(here(), { type: 'transfer-changed', transfer: transfer({ state: 'moving', stored_bytes: Math.round(share * 4_200_000) }) });
    const base = at(0.1);
    const told = (from: number, to: number): readonly string[] => tidingsBetween({ ...base, transfers: at(from).transfers }, { ...base, transfers: at(to).transfers }, english).map(({ say }) => say);
    expect(told(0.1, 0.2)).toEqual([]);
    expect(told(0.2, 0.3)).toEqual(['Garden plan.pdf: 25%']);
    expect(told(0.1, 0.8)).toEqual(['Garden plan.pdf: 75%']);
  });

  it('tells an arrival, a text and an offer, and notifies of each', () => {
    const before = room();
    const told = tidingsBetween(
      before,
      after(before, here(), { type: 'text-received', peer: THEO, id: '1', body: 'hello', sent_at_ms: 0 }, { type: 'transfer-changed', transfer: transfer() }),
      english,
    );
    expect(told.map(({ say }) => say)).toEqual(['Theo came in', 'Theo: hello', 'Theo offers Garden plan.pdf, 4.2 MB']);
    expect(told.every(({ notify }) => notify !== null)).toBe(true);
  });

  it('notifies of ends that others or chance made, and of no offer that is taken unasked', () => {
    const toldOf = (change: Partial<Transfer>) => {
      const before = room(here(), { type: 'transfer-changed', transfer: transfer({ state: 'moving' }) });
      return tidingsBetween(before, after(before, { type: 'transfer-changed', transfer: transfer(change) }), english).map(({ notify }) => notify?.body ?? null);
    };
    expect(toldOf({ state: 'proven', proven_count: 1 })).toEqual(['Here, and every byte is proven']);
    expect(toldOf({ state: 'cancelled', code: 'cancelled' })).toEqual(['Theo stopped it']);
    expect(toldOf({ state: 'cancelled', code: 'no-space', ended_by_us: true })).toEqual([english.words.file.end['no-space']]);
    for (const change of [{ state: 'cancelled', ended_by_us: true }, { state: 'declined', ended_by_us: true }, { state: 'paused' }, { state: 'interrupted' }] as const) expect(toldOf(change)).toEqual([null]);
    const trusting = room(here(), { type: 'auto-accept-changed', peer: THEO, isOn: true });
    const offered = (executable: boolean) => tidingsBetween(trusting, after(trusting, { type: 'transfer-changed', transfer: transfer({ executable }) }), english).map(({ notify }) => notify !== null);
    expect([offered(false), offered(true)]).toEqual([[false], [true]]);
  });

  it('says nothing of what one wrote oneself', () => {
    const before = room(here());
    expect(tidingsBetween(before, after(before, { type: 'text-written', id: '1', body: 'x', atMs: 0 }), english)).toEqual([]);
  });
});
