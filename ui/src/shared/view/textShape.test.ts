// What texts are made of, be they written by a friend or against us.
import { describe, expect, it } from 'vitest';
import { injections } from './testing/injections';
import { isLong, textShape, type Inline } from './textShape';

const parts = (body: string): readonly Inline[] => textShape(body).flatMap((block) => (block.kind === 'prose' ? block.parts : []));
const links = (body: string) => parts(body).filter((part) => part.kind === 'link');
const linkTexts = (body: string): readonly string[] => links(body).map(({ text }) => text);
const plain = (body: string): string => parts(body).map((part) => part.text).join('');

describe('a link', () => {
  it('is made of three schemes', () => {
    expect(linkTexts('see https://a.example/b?c#d, http://a.example and mailto:a@b.example')).toEqual(['https://a.example/b?c#d', 'http://a.example', 'mailto:a@b.example']);
  });

  it.each([
    'javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///etc/passwd', 'ftp://a.example', 'parlor://join?server=x', 'blob:https', 'www.a.example', 'a.example',
    'https://', 'http://', 'mailto:', 'mailto:nobody', 'https://a b', 'https://%', 'https://[', 'xhttps://a.example', 'https:a.example', 'https:\\\\a.example', 'about:blank',
  ])('%s is none, or ends before what is none', (body) => {
    expect(linkTexts(body).filter((text) => text !== 'https://a')).toEqual([]);
    expect(plain(body)).toBe(body);
  });

  it('is shown as it was written and leads to the host in ASCII', () => {
    expect(links('HTTPS://Example.COM/A')[0]).toEqual({ kind: 'link', text: 'HTTPS://Example.COM/A', href: 'https://example.com/A', host: null });
    expect(links('https://аррӏе.com/x')[0]).toEqual({ kind: 'link', text: 'https://аррӏе.com/x', href: 'https://xn--80ak6aa92e.com/x', host: 'xn--80ak6aa92e.com' });
    expect(links('https://한국.kr')[0]).toMatchObject({ host: 'xn--3e0b707e.kr' });
  });

  it.each([
    ['https://bank.example@evil.example/', 'evil.example'],
    ['https://bank.example:443@evil.example/', 'evil.example'],
    ['https://0x7f000001/', '127.0.0.1'],
    ['https://google。example/', 'google.example'],
    ['https://%65vil.example/', 'evil.example'],
    ['https://ｅvil.example/', 'evil.example'],
    ['https://[0::1]/', '[::1]'],
  ])('%s names the host it goes to', (body, host) => {
    expect(links(body)[0]?.host).toBe(host);
  });

  it.each(['https://a.example:8443/x', 'https://192.168.0.4:5000/', 'http://localhost:3000', 'https://[::1]:80/', 'https://a-b.example.'.slice(0, -1)])('%s needs no second name', (body) => {
    expect(links(body)).toMatchObject([{ text: body, host: null }]);
  });

  it('ends at what turns the order of reading or cannot be seen', () => {
    for (const mark of ['\u202e', '\u202a', '\u2066', '\u2069', '\u200e', '\u200f', '\u061c', '\u200b', '\u00ad', '\ufeff', '\u3164', '\u2800', '\u0000', '\u0085', '\u2028', '\u00a0', '\ud800', '\\', '<', '"']) {
      expect(linkTexts(`https://a.example/x${mark}gpj.exe`), mark.codePointAt(0)?.toString(16) ?? '').toEqual(['https://a.example/x']);
    }
  });

  it('leaves the sentence around it alone', () => {
    expect(linkTexts('(https://a.example/b_(c)) [https://a.example]. «https://a.example/x»? https://a.example/!!! *https://a.example*')).toEqual([
      'https://a.example/b_(c)',
      'https://a.example',
      'https://a.example/x»',
      'https://a.example/',
      'https://a.example',
    ]);
  });

  it('is found where Korean writes it, without spaces', () => {
    expect(linkTexts('주소는https://a.example에서 보고 http://localhost:3000으로, mailto:a@b.example으로, https://한국.kr을 https://10.0.0.4에서')).toEqual([
      'https://a.example',
      'http://localhost:3000',
      'mailto:a@b.example',
      'https://한국.kr을'.slice(0, -1),
      'https://10.0.0.4',
    ]);
  });
});

describe('a link that is too long', () => {
  const long = `https://a.example/${'x'.repeat(1_000)}?u=https://b.example/${'y'.repeat(2_000)}`;

  it('is none, nor is what stands in it, nor is it cut', () => {
    for (const body of [long, `see ${long} and`, `${'x'.repeat(9_000)} ${long}`, `${long}${'z'.repeat(20_000)}`]) {
      expect(linkTexts(body)).toEqual([]);
      expect(plain(body)).toBe(body);
    }
    expect(linkTexts(`${long} https://c.example`)).toEqual(['https://c.example']);
    expect(linkTexts(long.slice(0, 2_048))).toEqual([long.slice(0, 2_048)]);
    expect(linkTexts(long.slice(0, 2_049))).toEqual([]);
  });
});

describe('code', () => {
  it('keeps its shape between fences', () => {
    expect(textShape('look:\n```ts\n  if (a) {\n\n    b();\n  }\n```\nnice')).toEqual([
      { kind: 'prose', parts: [{ kind: 'plain', text: 'look:' }] },
      { kind: 'fence', code: '  if (a) {\n\n    b();\n  }' },
      { kind: 'prose', parts: [{ kind: 'plain', text: 'nice' }] },
    ]);
    expect(textShape('````\n```\n````')).toEqual([{ kind: 'fence', code: '```' }]);
    expect(textShape('```\r\na\r\n```\r')).toEqual([{ kind: 'fence', code: 'a\r' }]);
  });

  it('is plain while a fence is not closed', () => {
    expect(plain('```\nopen\nhttps://a.example')).toBe('```\nopen\nhttps://a.example');
    expect(linkTexts('```\nopen\nhttps://a.example')).toEqual(['https://a.example']);
  });

  it('stands within a line between ticks, and holds no links', () => {
    expect(parts('run `a https://a.example b` now')).toEqual([
      { kind: 'plain', text: 'run ' },
      { kind: 'code', text: 'a https://a.example b' },
      { kind: 'plain', text: ' now' },
    ]);
    expect(parts('`` `x` ``')).toEqual([{ kind: 'code', text: '`x`' }]);
    for (const body of ['`', '``', '` `', 'a ` b', '`a\nb`', '``a`', '```']) expect(plain(body)).toBe(body);
  });
});

describe('a long text', () => {
  it('is one of many lines or many characters', () => {
    expect(['x', 'x\n'.repeat(11), 'x'.repeat(1_500)].map(isLong)).toEqual([false, false, false]);
    expect(['x\n'.repeat(12), 'x'.repeat(1_501)].map(isLong)).toEqual([true, true]);
  });
});

describe('hostile texts', () => {
  it('lose and gain nothing but ticks and fences, and lead nowhere else', () => {
    for (const body of injections(500)) {
      const shown = textShape(body);
      for (const part of shown.flatMap((block) => (block.kind === 'prose' ? block.parts : []))) {
        if (part.kind !== 'link') continue;
        expect(new URL(part.href).protocol, body).toMatch(/^(https?|mailto):$/);
        expect(body).toContain(part.text);
        expect(part.text).not.toMatch(/[\s\p{Cf}<>"]/u);
        const { hostname } = new URL(part.href);
        if (part.host === null && hostname !== '') expect(part.text.toLowerCase(), body).toContain(`//${hostname}`);
      }
      if (!body.includes('`')) expect(plain(body)).toBe(body);
    }
  });

  it('take no longer than they are', () => {
    const size = 32 * 1024;
    const fill = (unit: string): string => unit.repeat(Math.ceil(size / unit.length)).slice(0, size);
    const climbing = Array.from({ length: 200 }, (_, index) => '`'.repeat(250 - index));
    const bodies = [
      fill('`'), fill('` '), fill('```\n'), fill('```a\n'), fill('http://'), fill('http://%'), fill('https://a.b/)))'), fill('https://('), `https://a.b/${fill(')')}`, fill('mailto:a@'), fill('https://가.a가'), fill('\n'),
      climbing.join('\n') + fill('\n'), climbing.join(' ') + fill(' '), fill('https://a:1가'),
    ];
    const from = performance.now();
    for (const body of bodies) textShape(body);
    // Far above what it takes, far below what anything worse than that would.
    expect(performance.now() - from).toBeLessThan(10_000);
  });
});
