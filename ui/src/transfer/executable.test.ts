import { describe, expect, it } from 'vitest';

import { isExecutable } from './executable';
import { SafeNames } from './safeNames';

describe('what systems run', () => {
  it('is known by the end of its name', () => {
    const names = new SafeNames();
    const is = (name: string): boolean => isExecutable(names.add(['folder.exe', name]));
    for (const name of ['setup.exe', 'SETUP.EXE', 'photo.jpg.scr', 'setup.exe. .', 'a.Desktop', 'x.\u202egpj.sh', 'a.ln\u212a']) {
      expect(is(name), name).toBe(true);
    }
    for (const name of ['exe', 'photo.jpg', 'setup.exe.txt', 'notes', 'a.executable', '_', 'a.\u017fh']) expect(is(name), name).toBe(false);
  });
});
