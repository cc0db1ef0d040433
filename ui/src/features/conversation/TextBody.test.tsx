// @vitest-environment jsdom
// Texts on the screen: what was written, and nothing else, whoever wrote it.
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it } from 'vitest';
import { injections } from '../../shared/view/testing/injections';
import { TextBody } from './TextBody';

afterEach(cleanup);

const copied: string[] = [];
const copy = (text: string): Promise<void> => {
  copied.push(text);
  return Promise.resolve();
};

describe('a text', () => {
  it('is shown as it was written', () => {
    const body = '  two  spaces\n\nand <b>angles</b> &amp; ends ';
    render(<TextBody body={body} copy={copy} />);
    expect(screen.getByTestId('chat-body').textContent).toBe(body);
    expect(screen.queryByTestId('fold')).toBeNull();
  });

  it('links outside, without telling where it came from', () => {
    render(<TextBody body="see https://감나무.example/x and https://a.example/y" copy={copy} />);
    const [idn, ascii] = screen.getAllByRole<HTMLAnchorElement>('link');
    expect(idn?.textContent).toBe('https://감나무.example/x');
    expect(idn?.title).toBe('https://xn--439az9f26k.example/x');
    for (const link of [idn, ascii]) expect([link?.target, link?.rel, link?.href]).toEqual(['_blank', 'noopener noreferrer', link?.title]);
    expect(screen.getByTestId('chat-body').textContent).toBe('see https://감나무.example/x (xn--439az9f26k.example) and https://a.example/y');
  });

  it('keeps the shape of code, and copies it', async () => {
    render(<TextBody body={'so:\n```\n  a\n    b\n```'} copy={copy} />);
    const code = document.querySelector('pre > code');
    expect(code?.textContent).toBe('  a\n    b');
    expect(screen.getByRole('group', { name: 'Code' }).textContent).toBe('  a\n    b');
    await userEvent.click(screen.getByTestId('copy-code'));
    expect(copied).toEqual(['  a\n    b']);
    expect((await screen.findByRole('status')).textContent).toBe('Copied');
  });

  it('says when copying was not allowed', async () => {
    render(<TextBody body={'```\na\n```'} copy={() => Promise.reject(new Error('no'))} />);
    await userEvent.click(screen.getByTestId('copy-code'));
    expect((await screen.findByText(/Copying was not allowed/)).className).toBe('fence-outcome');
  });

  it('that is long is folded, whole all the same, and opens for what has the focus', async () => {
    const body = `${'line\n'.repeat(20)}https://a.example`;
    render(<TextBody body={body} copy={copy} />);
    const shown = screen.getByTestId('chat-body');
    expect([shown.textContent, shown.className]).toEqual([body, 'bubble-body bubble-body-folded']);
    await userEvent.click(screen.getByRole('button', { name: 'Show all' }));
    expect(shown.className).toBe('bubble-body');
    await userEvent.click(screen.getByRole('button', { name: 'Show less' }));
    expect(shown.className).toContain('folded');
    screen.getByRole('link').focus();
    expect(await screen.findByRole('button', { name: 'Show less' })).toBeTruthy();
  });

  it('never becomes anything but text, links and code', () => {
    const bodies = injections(500);
    const { container } = render(bodies.map((body, index) => <TextBody key={index} body={body} copy={copy} />));
    for (const control of container.querySelectorAll('[data-testid=copy-code], [data-testid=fold]')) control.remove();
    const shown = container.querySelectorAll('[data-testid=chat-body]');
    expect(shown).toHaveLength(bodies.length);
    for (const element of container.querySelectorAll('[data-testid=chat-body] *')) expect(element.localName).toMatch(/^(a|code|pre|span|br)$/);
    for (const element of container.querySelectorAll('[data-testid=chat-body] *')) for (const { name } of element.attributes) expect(name).toMatch(/^(class|href|title|target|rel|dir|tabindex|aria-label|role)$/);
    const links = [...container.querySelectorAll<HTMLAnchorElement>('[data-testid=chat-body] a')];
    expect(links.length).toBeGreaterThan(100);
    for (const link of links) expect([link.protocol, link.getAttribute('href'), link.rel, link.target]).toEqual([expect.stringMatching(/^(https?|mailto):$/), link.title, 'noopener noreferrer', '_blank']);
    shown.forEach((element, index) => {
      const body = bodies[index] ?? '';
      if (!body.includes('`') && element.querySelector('span') === null) expect(element.textContent).toBe(body);
    });
  });
});
