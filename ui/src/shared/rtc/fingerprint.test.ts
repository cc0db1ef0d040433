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
    expect(fingerprintOfDescription(`v=0\r\n${line('AB')}\r\nm=audio\r\n${line('ab')}\r\n`)).toBe('ab'.repeat(32));
  });

  it('is unknown when lines differ, are missing or of another hash', () => {
    expect(fingerprintOfDescription(`${line('AB')}\r\n${line('AC')}\r\n`)).toBeNull();
    expect(fingerprintOfDescription('v=0\r\n')).toBeNull();
    expect(fingerprintOfDescription(line('AB').replace('sha-256', 'sha-1'))).toBeNull();
    expect(fingerprintOfDescription(line('AB').slice(0, -3))).toBeNull();
  });
});
