// The person at the app's window: does what a person does, by what a person sees. The counterpart at a browser is `Person`.
import { AppWindow } from './appWindow';

const { by } = AppWindow;
/** WebDriver's sign for the key: down, and up again. */
const CONTROL = '\uE009';

/** Somebody in front of a window. */
export class Resident {
  constructor(readonly app: AppWindow) {}

  /** Says a name, and who is asked for camera and microphone says yes. */
  async arrive(name: string): Promise<void> {
    await this.app.page.fill(by('name'), name);
    await this.grantDevices();
  }

  /** Lets camera and microphone be opened in the lobby, where they are closed after each stay. */
  async grantDevices(): Promise<void> {
    await this.app.page.waitFor([by('ask-media'), by('preview'), by('media-problem')].join());
    if ((await this.app.page.count(by('ask-media'))) > 0) await this.app.page.click(by('ask-media'));
    await this.app.page.waitFor(by('preview'));
  }

  /** Says a name and starts a room; gives the link to hand on. */
  async start(name: string): Promise<string> {
    await this.app.page.fill(by('name'), name);
    await this.app.page.click(by('start-room'));
    return this.app.page.read(by('invite-link'));
  }

  /** Serves rooms at an interface of this name from now on; in the lobby. */
  async serveAt(name: string): Promise<void> {
    await this.app.page.click(by('settings'));
    await this.app.page.click(by('network'));
    await this.app.page.click('.picker-option', { text: `${name} (` });
    await this.app.page.click(by('close-dialog'));
  }

  /** Opens a code for the room and gives what is to be read out. */
  async openCode(): Promise<string> {
    await this.app.page.click(by('open-code'));
    return this.app.page.read(by('code-text'));
  }

  /** Withdraws the invitation, for good. */
  async withdraw(): Promise<void> {
    for (const button of ['invite', 'withdraw', 'withdraw-for-good']) await this.app.page.click(by(button));
    await this.app.page.waitFor(by('withdrawn'));
  }

  /** Puts the link on the clipboard; the page says so. */
  async copyLink(): Promise<void> {
    await this.app.page.click(by('copy-link'));
    await this.app.page.waitFor(by('copy-link'), { text: 'Copied' });
  }

  /** What is shown to be compared, in the details of the connection, which are opened for it. */
  async compared(): Promise<{ readonly emoji: readonly string[]; readonly digits: string | null }> {
    await this.app.page.click(by('look-at-comparison'));
    const digits = await this.app.page.read(by('compare-digits'));
    const emoji = await this.app.page.run<string[]>(`return [...document.querySelectorAll('${by('compare-emoji')}')].map((one) => one.textContent)`);
    return { emoji, digits };
  }

  /** Says that they are the same. */
  async findsTheSame(): Promise<void> {
    await this.app.page.click(by('compare-same'));
  }

  /** Waits until the connection counts as this safe. */
  async safetyIs(safety: string): Promise<void> {
    await this.app.page.waitFor(`${by('chip')}[data-safety=${safety}]`);
  }

  /** Waits until the data connection to the other is proven. */
  async connected(): Promise<void> {
    await this.app.page.waitFor(`${by('chip')}[data-link=connected]`, { limitMs: 60_000 });
  }

  /** Takes another camera than the one in use, in the settings of the room. */
  async chooseOtherCamera(): Promise<void> {
    await this.app.page.click(by('more'));
    await this.app.page.click(by('settings'));
    // The first picker is the camera's.
    await this.app.page.click(`${by('settings-dialog')} .picker-button`);
    await this.app.page.click('.picker-option:not([data-selected])', { last: true });
    await this.app.page.click(by('close-dialog'));
  }

  /** Opens the side panel with chat and files, if it is closed. */
  async openChat(): Promise<void> {
    if ((await this.app.page.count(by('chat-input'))) === 0) await this.app.page.click(by('chat'));
    await this.app.page.waitFor(by('chat-input'));
  }

  /** Writes to the room. */
  async write(text: string): Promise<void> {
    await this.openChat();
    await this.app.page.fill(by('chat-input'), text);
    await this.app.page.click(by('chat-send'));
  }

  /** Waits until `text` stands in the chat. */
  async reads(text: string): Promise<void> {
    await this.openChat();
    await this.app.page.waitFor(by('chat-message'), { text });
  }

  /** Offers what the file dialog answers with. */
  async offer(): Promise<void> {
    await this.openChat();
    await this.app.page.click(by('attach'));
  }

  /** Pastes into the field for messages. */
  async paste(): Promise<void> {
    await this.openChat();
    await this.app.page.type(by('chat-input'), `${CONTROL}v${CONTROL}`);
  }

  /** Consents to what is offered. */
  async accept(): Promise<void> {
    await this.openChat();
    await this.app.page.click(by('accept'), { last: true, limitMs: 60_000 });
  }

  /** Waits until a file card of this direction says `state`. */
  async cardSays(direction: 'sending' | 'receiving', state: string): Promise<void> {
    await this.app.page.waitFor(`${by('file-card')}[data-direction=${direction}][data-state=${state}]`, { limitMs: 300_000 });
  }
}
