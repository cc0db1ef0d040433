// A text as a QR code that a camera reads from a screen: dark on light in both themes, with the quiet zone the standard asks for.
import { useMemo } from 'react';
import { encode } from 'uqr';
import './qr.css';

interface QrCodeProps {
  readonly text: string;
  /** What it is, for those who do not see it. */
  readonly label: string;
}

/** A longer text makes modules too small for a camera; its owner has it in letters. */
const TEXT_CHARS = 500;
/** Empty modules around the code (ISO/IEC 18004). */
const QUIET_ZONE = 4;

/** A QR code; nothing for a text that is too long for one. */
export function QrCode({ text, label }: QrCodeProps) {
  const code = useMemo(() => (text.length > TEXT_CHARS ? null : drawn(text)), [text]);
  if (code === null) return null;
  const { size, path } = code;
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges" data-testid="qr">
      <rect className="qr-light" width={size} height={size} />
      <path className="qr-dark" d={path} />
    </svg>
  );
}

/** Few, large modules rather than much correction: a screen is neither torn nor stained. */
function drawn(text: string): { readonly size: number; readonly path: string } {
  const { size, data } = encode(text, { ecc: 'L', boostEcc: true, border: QUIET_ZONE });
  const rows = data.map((row, y) => runs(row).map(({ at, length }) => `M${at} ${y}h${length}v1h-${length}z`).join(''));
  return { size, path: rows.join('') };
}

/** Dark modules that stand side by side are drawn as one, so that no seam shows between them. */
function runs(row: readonly boolean[]): { at: number; length: number }[] {
  const found: { at: number; length: number }[] = [];
  row.forEach((isDark, at) => {
    const last = found.at(-1);
    if (!isDark) return;
    if (last !== undefined && last.at + last.length === at) last.length += 1;
    else found.push({ at, length: 1 });
  });
  return found;
}
