// The last net: a screen that broke says so in words and offers the one thing that helps.
import { Component, type ReactNode } from 'react';
import { Button } from '../shared/components/Button';
import { languageFrom, languageOf } from '../shared/i18n/Language';

/** Shows words in place of what broke. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, { readonly isBroken: boolean }> {
  override state = { isBroken: false };

  static getDerivedStateFromError(): { readonly isBroken: boolean } {
    return { isBroken: true };
  }

  override render(): ReactNode {
    if (!this.state.isBroken) return this.props.children;
    const { words } = languageOf(languageFrom(navigator.languages));
    return (
      <main className="broken" role="alert">
        <h1>{words.app.brokenTitle}</h1>
        <p>{words.app.brokenBody}</p>
        <Button kind="primary" onPress={() => location.reload()}>
          {words.app.reload}
        </Button>
      </main>
    );
  }
}
