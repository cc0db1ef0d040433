// Whatever comes over the media port: messages, orders and pictures are read or refused, and nothing throws.
import { describe, expect, it, vi } from 'vitest';

import { fingerprintOfDescription } from '../../../shared/rtc/fingerprint';
import { feed, feedText } from '../../../trust/testing/generated';
import { readPicture } from './PictureHeader';
import { readCaptureOrder, readPortMessage } from './portGuards';

vi.setConfig({ testTimeout: 3_600_000 });

describe('parsers of the media port', () => {
  it('read messages and orders of the engine, or refuse them', () => {
    feedText('port-messages', (text) => {
      const [message, order] = [readPortMessage(text), readCaptureOrder(text)];
      if (message !== null) expect(readPortMessage(JSON.stringify(message))).not.toBeNull();
      return message !== null || order !== null;
    });
  });

  it('find fingerprints in descriptions, or none', () => {
    feedText('sdp', (sdp) => fingerprintOfDescription(sdp) !== null);
  });

  it('read pictures, or refuse them', () => {
    feed('picture', (message) => readPicture(message.buffer) !== null);
  });
});
