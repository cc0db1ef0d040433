// Puts the chosen theme on the root element, following the system where that was chosen.
import { useLayoutEffect } from 'react';
import type { Settings } from '../host/port';

/** Applies a theme. */
export function useTheme(theme: Settings['theme']): void {
  useLayoutEffect(() => {
    const system = matchMedia('(prefers-color-scheme: dark)');
    const apply = (): void => {
      const isEvening = theme === 'evening' || (theme === 'system' && system.matches);
      document.documentElement.dataset['theme'] = isEvening ? 'evening' : 'day';
    };
    apply();
    system.addEventListener('change', apply);
    return () => system.removeEventListener('change', apply);
  }, [theme]);
}
