// The probe as one script for any page: a browser's init script or a WebDriver's.
import { buildSync } from 'esbuild';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Bundles a module of `tests/src/page` into a script that needs nothing. */
export function bundled(path: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [path],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: ['chrome110', 'safari16'],
    loader: { '.ts': 'ts' },
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error('the bundle is empty');
  return file.text;
}

let probe: string | null = null;

/** The script that makes `globalThis.parlorProbe`. */
export function probeScript(): string {
  probe ??= bundled(join(dirname(fileURLToPath(import.meta.url)), 'page/probe.ts'));
  return probe;
}
