// Prints rows as a Markdown table, numbers right-aligned, so that a run can be pasted into docs/.

/** Prints `rows` under `head`. */
export function printTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const text = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? rounded(cell) : cell)));
  const widths = head.map((title, column) => Math.max(title.length, ...text.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  console.log(line(head));
  console.log(`|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`);
  for (const row of text) console.log(line(row));
}

/** Three significant digits, plain. */
export function rounded(value: number): string {
  return Number.isFinite(value) ? new Intl.NumberFormat('en', { maximumSignificantDigits: 3 }).format(value) : '–';
}
