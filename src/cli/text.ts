export { duration, harmless } from '../core/text/index.ts';

/** Whether a stream wants colours: a terminal, unless `NO_COLOR` or `TERM=dumb` says otherwise (no-color.org). */
export function wantsColor(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR && env.FORCE_COLOR !== '0') return true;
  return stream.isTTY === true && env.TERM !== 'dumb';
}

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 } as const;

export type Paint = Record<keyof typeof CODES, (text: string) => string>;

export function paintFor(stream: { isTTY?: boolean }): Paint {
  const colored = wantsColor(stream);
  const entries = Object.entries(CODES).map(([name, code]) => [
    name,
    (text: string) => (colored ? `\x1b[${code}m${text}\x1b[0m` : text),
  ]);
  return Object.fromEntries(entries) as Paint;
}

/** `14:03:07`, local time. */
export function clock(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}

/** Rows with columns as wide as their widest cell. Widths are counted without colour codes. */
export function table(rows: string[][]): string {
  const width = (cell: string) => cell.replaceAll(/\x1b\[\d+m/g, '').length;
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => width(row[column] ?? ''))));
  const pad = (cell: string, column: number) => cell + ' '.repeat(Math.max(0, widths[column]! - width(cell)));
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}
