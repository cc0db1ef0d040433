// The bare webrtc channel between two processes of the example `bare_channel`: the same library with the same settings, no files.
import { binary } from '../web/harness/binaries';
import { Measured } from './measured';
import type { Moved } from './run';

/** What the example prints on each side. */
interface Report {
  readonly seconds: number;
  /** Null off Linux. */
  readonly cpu_seconds: number | null;
}

/** Moves `bytes` zeros; processor time is of the moving alone. */
export async function bareChannel(bytes: number): Promise<Moved> {
  const program = binary('examples/bare_channel');
  const report = (line: string): Report | undefined => (line.startsWith('{') ? (JSON.parse(line) as Report) : undefined);
  const receiver = new Measured(program, ['receive', '127.0.0.1:0']);
  const received = receiver.line(report);
  const address = await receiver.line((line) => /^listening on (\S+)$/.exec(line)?.[1]);
  const sender = new Measured(program, ['send', address, String(bytes)]);
  const [sent, got] = await Promise.all([sender.line(report), received]);
  const [senderUsage, receiverUsage] = await Promise.all([sender.usage, receiver.usage]);
  return {
    seconds: got.seconds,
    sender: { ...senderUsage, cpuSeconds: sent.cpu_seconds ?? Number.NaN },
    receiver: { ...receiverUsage, cpuSeconds: got.cpu_seconds ?? Number.NaN },
  };
}
