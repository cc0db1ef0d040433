// Two well-behaved peers in a room of their own, who keep talking while somebody else misbehaves.
import { Peer, randomRoom } from './peer';

/** Runs `trouble` while a pair talks; fails if the pair notices anything. Gives what `trouble` gives. */
export async function undisturbed<T>(url: string, trouble: () => Promise<T>): Promise<T> {
  const keys = randomRoom();
  const one = await Peer.inRoom(url, keys);
  const other = await Peer.inRoom(url, keys);
  const sent: string[] = [];
  let isOver = false;
  const talk = async (): Promise<void> => {
    for (let number = 0; !isOver || number < 20; number++) {
      const body = `b${number}`;
      sent.push(body);
      const reply = await one.signal(other, body);
      if (!reply.ok) throw new Error(`a bystander was refused: ${reply.code ?? ''}`);
      await other.sees('signal', { body });
      // Within everybody's rate: the pair itself must give no cause.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const talking = talk();
  // Looked at below; until then a failure must not count as unhandled.
  talking.catch(() => undefined);
  try {
    const outcome = await trouble();
    isOver = true;
    await talking;
    const bodies = other.bodiesFrom(one);
    if (JSON.stringify(bodies) !== JSON.stringify(sent)) throw new Error('a bystander lost a signal or saw it out of order');
    if (one.hasSeen('peer-left') || other.hasSeen('peer-left')) throw new Error('a bystander saw the other leave');
    return outcome;
  } finally {
    isOver = true;
    one.close();
    other.close();
  }
}
