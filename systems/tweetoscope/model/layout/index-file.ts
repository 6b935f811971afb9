import { LayoutError, shown } from './layout-error.ts';
import { type Chunks, linesOf } from './lines.ts';

/** Rows of the data file that are one cascade: 1-based, both included (the header is not counted). */
export interface RowRange {
  readonly start: number;
  readonly end: number;
  /** The line of the index file, for messages. */
  readonly line: number;
}

/** Reads `start_ind,end_ind,…` (further columns are ignored). Ranges must ascend and not overlap. Throws LayoutError. */
export async function readIndex(chunks: Chunks, file = 'index'): Promise<RowRange[]> {
  const ranges: RowRange[] = [];
  let line = 0;
  for await (const text of linesOf(chunks, file)) {
    line++;
    if (line === 1) requireHeader(text, file);
    else if (text !== '') ranges.push(rangeOf(text, { file, line, after: ranges.at(-1)?.end ?? 0 }));
  }
  if (line === 0) throw new LayoutError(file, 1, 'expected the header start_ind,end_ind, got an empty file');
  return ranges;
}

function requireHeader(text: string, file: string): void {
  const [start, end] = text.split(',').map((name) => name.trim().replaceAll('"', ''));
  if (start === 'start_ind' && end === 'end_ind') return;
  throw new LayoutError(file, 1, `expected the header start_ind,end_ind, got ${shown(text)}`);
}

function rangeOf(text: string, place: { file: string; line: number; after: number }): RowRange {
  const [start, end] = text.split(',', 2).map((field) => Number(field.trim() || Number.NaN));
  const { file, line, after } = place;
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end)) {
    throw new LayoutError(file, line, `expected two row numbers, got ${shown(text)}`);
  }
  if (start! < 1 || end! < start!) {
    throw new LayoutError(file, line, `expected 1 ≤ start_ind ≤ end_ind, got ${start} and ${end}`);
  }
  if (start! <= after) {
    throw new LayoutError(
      file,
      line,
      `start_ind ${start} overlaps the cascade before it, which ends at row ${after}`,
    );
  }
  return { start: start!, end: end!, line };
}
