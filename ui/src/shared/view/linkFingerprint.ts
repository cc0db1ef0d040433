// The fingerprint that a link names, for people who compare it with what their browser shows.

/** SHA-256 of the server's certificate as browsers show it, `AB:CD:…`; null for a link that names none (docs/protocol.md, section 2). */
export function linkFingerprint(link: string): string | null {
  const [, pin] = /#v1\.[A-Za-z0-9_-]{43}\.([A-Za-z0-9_-]{43})$/.exec(link) ?? [];
  if (pin === undefined) return null;
  const bytes = atob(pin.replaceAll('-', '+').replaceAll('_', '/'));
  return Array.from(bytes, (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()).join(':');
}
