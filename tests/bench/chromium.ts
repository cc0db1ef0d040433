// Chromium ↔ Chromium: a bare data channel between two browser processes, the way a well-written page sends a file.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { cpuSeconds, peakBytes } from './cpu';
import { type Moved, NotHere } from './run';

const CHROMIUM = '/usr/bin/chromium';
const LIMIT_MS = 300_000;
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Host candidates as addresses: mDNS needs a network with multicast.
  '--disable-features=WebRtcHideLocalIpsWithMdns',
];

interface Side {
  readonly browser: Browser;
  readonly page: Page;
  readonly pid: number;
}

async function launch(): Promise<Side> {
  const server = await chromium.launchServer({ executablePath: CHROMIUM, args: FLAGS });
  const browser = await chromium.connect(server.wsEndpoint());
  const pid = server.process().pid;
  if (pid === undefined) throw new Error('Chromium has no process');
  return { browser, pid, page: await browser.newPage() };
}

/** Moves `bytes` from one browser to another. */
export async function chromiumChannel(bytes: number): Promise<Moved> {
  if (!existsSync(CHROMIUM)) throw new NotHere(`${CHROMIUM} is missing`);
  const [sender, receiver] = await Promise.all([launch(), launch()]);
  // Two browsers that do not find each other would wait for ever; closing them ends what they were asked.
  const limit = AbortSignal.timeout(LIMIT_MS);
  const over = once(limit, 'abort').then(() => {
    throw new Error(`not done after ${LIMIT_MS / 1000} s`);
  });
  try {
    return await Promise.race([between(sender, receiver, bytes), over]);
  } finally {
    await Promise.all([sender.browser.close(), receiver.browser.close()]);
  }
}

async function between(sender: Side, receiver: Side, bytes: number): Promise<Moved> {
  const offer = await sender.page.evaluate(async () => {
    const pc = new RTCPeerConnection();
    const channel = pc.createDataChannel('bulk', { negotiated: true, id: 1 });
    Object.assign(globalThis, { pc, channel });
    await pc.setLocalDescription();
    await gathered(pc);
    return pc.localDescription?.sdp ?? '';

    function gathered(connection: RTCPeerConnection): Promise<void> {
      return new Promise((resolve) => {
        connection.onicecandidate = ({ candidate }) => {
          if (candidate === null) resolve();
        };
      });
    }
  });
  const answer = await receiver.page.evaluate(
    async ({ sdp, expected }) => {
      const pc = new RTCPeerConnection();
      const channel = pc.createDataChannel('bulk', { negotiated: true, id: 1 });
      channel.binaryType = 'arraybuffer';
      let received = 0;
      const done = new Promise<void>((resolve) => {
        channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
          received += data.byteLength;
          if (received >= expected) {
            // The sender's clock stops when the last byte is known to be here.
            channel.send('done');
            resolve();
          }
        };
      });
      Object.assign(globalThis, { pc, done });
      await pc.setRemoteDescription({ type: 'offer', sdp });
      await pc.setLocalDescription();
      await new Promise<void>((resolve) => {
        pc.onicecandidate = ({ candidate }) => {
          if (candidate === null) resolve();
        };
      });
      return pc.localDescription?.sdp ?? '';
    },
    { sdp: offer, expected: bytes },
  );
  const before = [cpuSeconds(sender.pid), cpuSeconds(receiver.pid)] as const;
  const seconds = await sender.page.evaluate(
    async ({ sdp, total }) => {
      const { pc, channel } = globalThis as unknown as { pc: RTCPeerConnection; channel: RTCDataChannel };
      const open = new Promise<void>((resolve) => {
        channel.onopen = () => resolve();
      });
      await pc.setRemoteDescription({ type: 'answer', sdp });
      await open;
      const done = new Promise<void>((resolve) => {
        channel.onmessage = () => resolve();
      });
      const message = new Uint8Array(65_536);
      channel.bufferedAmountLowThreshold = 1 << 20;
      const began = performance.now();
      for (let sent = 0; sent < total; sent += message.byteLength) {
        if (channel.bufferedAmount > 4 << 20) {
          await new Promise<void>((resolve) => {
            channel.onbufferedamountlow = () => resolve();
          });
        }
        channel.send(message.subarray(0, Math.min(message.byteLength, total - sent)));
      }
      await done;
      return (performance.now() - began) / 1000;
    },
    { sdp: answer, total: bytes },
  );
  const usage = ({ pid }: Side, cpuBefore: number) => ({ cpuSeconds: cpuSeconds(pid) - cpuBefore, peakBytes: peakBytes(pid) });
  return { seconds, sender: usage(sender, before[0]), receiver: usage(receiver, before[1]) };
}
