// Numbers, sizes, times as the reader writes them. Intl decides the form; this file decides only the unit and the precision.
const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** Formatters for one language. */
export interface Formats {
  /** Bytes in decimal units, three significant digits. */
  readonly bytes: (bytes: number) => string;
  /** Bytes per second. */
  readonly speed: (bytesPerSecond: number) => string;
  /** A share of one, rounded down so that 100 % means all. */
  readonly percent: (share: number) => string;
  /** A duration in its largest sensible unit, rounded up. */
  readonly duration: (milliseconds: number) => string;
  /** What is left of minutes, in minutes and seconds, as a clock shows it. */
  readonly countdown: (milliseconds: number) => string;
  /** A delay in milliseconds, at least one. */
  readonly delay: (milliseconds: number) => string;
  /** Hour and minute of a moment. */
  readonly time: (atMs: number) => string;
  /** Day of a moment. */
  readonly day: (atMs: number) => string;
  /** Day, hour and minute of a moment. */
  readonly moment: (atMs: number) => string;
}

/** Makes the formatters; cheap to keep, dear to make, so once a language. */
export function formatsOf(language: string): Formats {
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
  const time = new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit' });
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'long' });
  const moment = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  const sizes = UNITS.map(
    (unit) => new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: unit === 'byte' ? 'long' : 'short', maximumSignificantDigits: 3 }),
  );
  const durations = {
    second: new Intl.NumberFormat(language, { style: 'unit', unit: 'second', unitDisplay: 'short' }),
    minute: new Intl.NumberFormat(language, { style: 'unit', unit: 'minute', unitDisplay: 'short' }),
    hour: new Intl.NumberFormat(language, { style: 'unit', unit: 'hour', unitDisplay: 'short' }),
    millisecond: new Intl.NumberFormat(language, { style: 'unit', unit: 'millisecond', unitDisplay: 'short' }),
  };
  const bytes = (value: number): string => {
    let scaled = Math.max(0, value);
    let unit = 0;
    while (scaled >= 999.5 && unit < UNITS.length - 1) {
      scaled /= 1000;
      unit += 1;
    }
    return (sizes[unit] ?? percent).format(scaled);
  };
  return {
    bytes,
    speed: (value) => `${bytes(value)}/s`,
    percent: (share) => percent.format(Math.floor(Math.min(1, Math.max(0, share)) * 100) / 100),
    duration: (milliseconds) => {
      const seconds = Math.max(1, Math.ceil(milliseconds / 1000));
      if (seconds < 60) return durations.second.format(seconds);
      const minutes = Math.ceil(seconds / 60);
      if (minutes < 60) return durations.minute.format(minutes);
      const hours = Math.floor(minutes / 60);
      const rest = minutes % 60;
      return rest === 0 ? durations.hour.format(hours) : `${durations.hour.format(hours)} ${durations.minute.format(rest)}`;
    },
    countdown: (milliseconds) => {
      const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
      return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    },
    delay: (milliseconds) => durations.millisecond.format(Math.max(1, Math.round(milliseconds))),
    time: (atMs) => time.format(atMs),
    day: (atMs) => day.format(atMs),
    moment: (atMs) => moment.format(atMs),
  };
}
