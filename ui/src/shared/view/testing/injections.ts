// Texts that try to be more than text, for tests: made of known tricks, put together by chance from a fixed seed.

const PIECES = [
  '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '<a href="javascript:alert(1)">x</a>', '<svg/onload=alert(1)>', '<iframe src=//evil.example>', '</pre></code></p>', '<!--', ']]>', '&lt;b&gt;', '&#x3c;script&#x3e;',
  'javascript:alert(1)', 'JAVASCRIPT:alert(1)', 'java\nscript:alert(1)', '\u0001javascript:alert(1)', 'data:text/html;base64,PHNjcmlwdD4=', 'vbscript:msgbox', 'file:///etc/passwd', 'blob:https://a.example/1', 'parlor://join?server=https://evil.example#v1.x',
  'https://a.example/"onmouseover="alert(1)', "https://a.example/'onclick='x", 'https://a.example/<b>', 'https://user:pass@evil.example', 'https://bank.example\\@evil.example', 'https://аррӏе.com', 'https://xn--80ak6aa92e.com', 'https://a.example/\u202egpj.exe',
  'http://javascript:alert(1)', 'https:javascript:alert(1)', 'https://javascript:1/', 'mailto:a@b.example?body=<script>', 'mailto:javascript:alert(1)', 'mailto:a@b.example%0d%0aBcc:c@d.example', 'HtTpS://A.EXAMPLE', 'https://[::1]/', 'https://0x7f.1/', 'https://%61.example',
  '[x](javascript:alert(1))', '![x](https://a.example)', '**b**', '`', '``', '```', '```html\n', '\n```\n', '`<b>x</b>`', '`javascript:x`', '{{7*7}}', '${alert(1)}', '__proto__', 'constructor', '\u0000', '\ud800', '\udc00', '\u202e', '\u2066', '\u200b', '\ufeff',
  '\n', '\r\n', ' ', '\t', '(', ')', '.', ',', 'hello', '안녕', '👩‍👩‍👧‍👦', 'href=', 'style=', '//evil.example', 'https://', 'http://', 'mailto:', '@', '#', '?',
] as const;

/** So many texts, always the same. */
export function injections(count: number): readonly string[] {
  let state = 0x9e3779b9;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return Array.from({ length: count }, (_, index) => {
    const first = PIECES[index % PIECES.length] ?? '';
    return first + Array.from({ length: next(8) }, () => PIECES[next(PIECES.length)] ?? '').join('');
  });
}
