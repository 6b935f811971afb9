/** A damaged file: which one, which line (1-based), what was expected and what stood there. */
export class LayoutError extends Error {
  readonly file: string;
  readonly line: number;

  constructor(file: string, line: number, problem: string) {
    super(`${file}:${line}: ${problem}`);
    this.name = 'LayoutError';
    this.file = file;
    this.line = line;
  }
}

/** A field as an error message may show it: short, without control characters. */
export function shown(field: string | undefined): string {
  if (field === undefined) return 'nothing';
  const safe = field.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
  return `"${safe.length > 40 ? `${safe.slice(0, 40)}…` : safe}"`;
}
