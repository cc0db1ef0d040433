// Turns of a worker's own event loop.
import type { Soon } from './Easel';

/** Runs things one turn later, without the delay and the throttling that timers have. */
export function turns(): Soon {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return (act) => {
    waiting.push(act);
    port2.postMessage(null);
  };
}
