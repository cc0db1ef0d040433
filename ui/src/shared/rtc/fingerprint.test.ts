import { describe, expect, it } from 'vitest';

import { fingerprintOfCertificate, fingerprintOfDescription } from './fingerprint';

const line = (digit: string): string => `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => digit).join(':')}`;

describe('a fingerprint', () => {
  it('is the SHA-256 of the certificate in lower-case hex', () => {
    // SHA-256 of nothing, FIPS 180-4.
    expect(fingerprintOfCertificate(new ArrayBuffer(0))).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  it('is read from a description when all its lines agree', () => {
    expect(fingerprintOfDescription(`v=0\r\n${line('AB')}\r\nm=audio\r\n${line('AB')}\r\n`)).toBe('ab'.repeat(32));
  });

  it('is unknown when there is no line', () => {
    expect(fingerprintOfDescription('v=0\r\n')).toBeNull();
  });

  it.each([
    line('AC'),
    line('AB').replace('sha-256', 'sha-1'),
    line('AB').replace('sha-256', 'SHA-256'),
    line('AB').slice(0, -3),
    line('AB').replaceAll(':', ''),
    line('ab'),
    ` ${line('AC')}`,
    `A=Fingerprint:sha-256 ${line('AC').slice(-95)}`,
    `a=x\r${line('AC')}`,
    `${line('AB')} `,
    'a=fingerprint:',
  ])('is unknown when there is such a line beside the right one: %s', (wrong) => {
    expect(fingerprintOfDescription(`v=0\r\n${line('AB')}\r\n${wrong}\r\n`)).toBeNull();
    expect(fingerprintOfDescription(`v=0\r\n${wrong}\n${line('AB')}\r\n`)).toBeNull();
  });
});
