// How loud the own microphone is. Drawn without React, since it changes with every frame.
import { useEffect, useRef } from 'react';
import { useLanguage } from '../i18n/Language';
import { SPEECH_LEVEL } from '../view/speech';
import './level.css';

interface LevelProps {
  /** Calls back with 0 … 1; returns how to stop. */
  readonly watch: (listener: (level: number) => void) => () => void;
}

const BARS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] as const;

/** A meter. Screen readers hear only whether anything is heard. */
export function Level({ watch }: LevelProps) {
  const { words } = useLanguage();
  const meter = useRef<HTMLDivElement>(null);
  const { level, levelGood, levelQuiet } = words.media;
  useEffect(
    () =>
      watch((value) => {
        const element = meter.current;
        if (element === null) return;
        element.setAttribute('aria-valuenow', String(Math.round(value * 10) * 10));
        element.setAttribute('aria-valuetext', value > SPEECH_LEVEL ? levelGood : levelQuiet);
        Array.from(element.children).forEach((bar, index) => bar.toggleAttribute('data-lit', value * BARS.length > index + 0.5));
      }),
    [watch, levelGood, levelQuiet],
  );
  return (
    <div ref={meter} className="level" role="meter" aria-label={level} aria-valuemin={0} aria-valuemax={100} aria-valuenow={0} data-testid="level">
      {BARS.map((bar) => (
        <span key={bar} className="level-bar" />
      ))}
    </div>
  );
}
