// Checks a STUN or TURN server as it is typed, before it is kept (RFC 7064, RFC 7065).
import type { IceServer } from '../../protocol/IceServer';

/** What is wrong with it. */
export type IceFault = 'invalid' | 'needs-user' | 'twice';

const URL_SHAPE = /^(stuns?|turns?):(\[[0-9a-f:.]+\]|[^\s/?#@:[\]]+)(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/i;

/** The server, or why it cannot be one. */
export function iceServerFrom(
  url: string,
  username: string,
  credential: string,
  known: readonly IceServer[],
): { readonly server: IceServer } | { readonly fault: IceFault } {
  const address = url.trim();
  const [, scheme, , port] = URL_SHAPE.exec(address) ?? [];
  if (scheme === undefined || (port !== undefined && (Number(port) < 1 || Number(port) > 65_535))) return { fault: 'invalid' };
  if (known.some((server) => server.urls.includes(address))) return { fault: 'twice' };
  if (scheme.toLowerCase().startsWith('stun')) return { server: { urls: [address] } };
  if (username.trim() === '' || credential === '') return { fault: 'needs-user' };
  return { server: { urls: [address], username: username.trim(), credential } };
}

/** True when traffic can be relayed through one of them. */
export function hasTurn(servers: readonly IceServer[]): boolean {
  return servers.some((server) => server.urls.some((url) => /^turns?:/i.test(url)));
}
