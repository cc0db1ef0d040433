import { describe, expect, it } from 'vitest';

import { HoldToTalk } from './HoldToTalk';
import { FakeLocalMedia } from './testing/FakeMedia';

function muted() {
  const local = new FakeLocalMedia();
  const told: boolean[] = [];
  const talk = new HoldToTalk(() => local, (isTalking) => told.push(isTalking));
  local.subscribe(() => talk.followMicrophone());
  return { local, talk, told, state: () => local.snapshot().microphone.state };
}

describe('holding to talk', () => {
  it('has the microphone on as long as it is held', () => {
    const { talk, told, state } = muted();
    talk.hold();
    expect(state()).toBe('on');
    talk.release();
    expect([state(), told]).toEqual(['off', [true, false]]);
  });

  it('turns a slow microphone off again that came on after letting go', () => {
    const { local, talk, state } = muted();
    const { actions } = local.snapshot();
    const microphone = local.snapshot().microphone;
    local.set({ actions: { ...actions, toggleMicrophone: () => local.set({ microphone: { ...microphone, state: 'starting' } }) } });
    talk.hold();
    talk.release();
    expect(state()).toBe('starting');
    local.set({ actions });
    local.set({ microphone: { ...microphone, state: 'on' } });
    expect(state()).toBe('off');
  });

  it('leaves a microphone on that was on before', () => {
    const { local, talk, told, state } = muted();
    local.turnOn();
    talk.hold();
    talk.release();
    expect([state(), told]).toEqual(['on', []]);
  });
});
