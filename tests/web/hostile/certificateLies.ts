// Ways to lie about a certificate in a session description.

/** A lie: its name, and what it makes of a description. */
export interface Lie {
  readonly name: string;
  readonly tell: (sdp: string) => string;
}

/** A fingerprint of nobody here. */
const ANOTHER = '0F:1E:2D:3C:4B:5A:69:78:87:96:A5:B4:C3:D2:E1:F0:0F:1E:2D:3C:4B:5A:69:78:87:96:A5:B4:C3:D2:E1:F0';
const SHA_1 = ANOTHER.slice(0, 59);

const each = (edit: (line: string) => string) => (sdp: string): string => sdp.replaceAll(/^a=fingerprint:[^\r\n]*\r\n/gm, edit);

/** The four of the threat model. */
export const LIES: readonly Lie[] = [
  { name: 'swapped', tell: each(() => `a=fingerprint:sha-256 ${ANOTHER}\r\n`) },
  { name: 'duplicated', tell: each((line) => `${line}a=fingerprint:sha-256 ${ANOTHER}\r\n`) },
  { name: 're-cased', tell: each((line) => line.toLowerCase()) },
  { name: 'downgraded', tell: each(() => `a=fingerprint:sha-1 ${SHA_1}\r\n`) },
];
