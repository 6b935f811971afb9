import { type Cascade, cascadeOf } from '../cascade.ts';
import type { RowRange } from './index-file.ts';
import { LayoutError, shown } from './layout-error.ts';
import { type Chunks, linesOf } from './lines.ts';

type Row = readonly [time: number, mark: number];

/**
 * Cascades of a data file in the original layout (`time,magnitude[,msg]`, seconds and followers), one after the other as
 * they are read: O(largest cascade) memory. An empty magnitude, NaN or NA is unknown. Throws LayoutError on a damaged file.
 */
export async function* readCascades(
  chunks: Chunks,
  ranges: readonly RowRange[],
  file = 'data',
): AsyncGenerator<Cascade> {
  let next = 0;
  let line = 0;
  let rows: Row[] = [];
  for await (const text of linesOf(chunks, file)) {
    line++;
    if (line === 1) requireHeader(text, file);
    const range = ranges[next];
    if (!range) return;
    const row = line - 1;
    if (line === 1 || row < range.start) continue;
    rows.push(rowOf(text, { file, line, root: rows[0] }));
    if (row < range.end) continue;
    yield cascadeOf(rows);
    rows = [];
    next++;
  }
  requireAll(ranges, next, { file, line });
}

function requireHeader(text: string, file: string): void {
  const [time, magnitude] = text.split(',').map((name) => name.trim().replaceAll('"', ''));
  if (time === 'time' && magnitude === 'magnitude') return;
  throw new LayoutError(file, 1, `expected the header time,magnitude, got ${shown(text)}`);
}

function rowOf(text: string, place: { file: string; line: number; root: Row | undefined }): Row {
  const [timeField, markField] = text.split(',', 2).map((field) => field.trim());
  const time = timeField ? Number(timeField) : Number.NaN;
  if (!Number.isFinite(time)) {
    throw new LayoutError(place.file, place.line, `time: expected seconds, got ${shown(timeField)}`);
  }
  if (place.root && time < place.root[0]) {
    throw new LayoutError(place.file, place.line, `time ${time} is before its root's ${place.root[0]}`);
  }
  return [time, markOf(markField, place)];
}

function markOf(field: string | undefined, { file, line }: { file: string; line: number }): number {
  if (field === undefined) throw new LayoutError(file, line, 'magnitude: expected followers, got nothing');
  if (field === '' || field === 'NaN' || field === 'NA') return Number.NaN;
  const mark = Number(field);
  if (Number.isFinite(mark) && mark >= 0) return mark;
  throw new LayoutError(file, line, `magnitude: expected followers ≥ 0, got ${shown(field)}`);
}

function requireAll(
  ranges: readonly RowRange[],
  next: number,
  { file, line }: { file: string; line: number },
): void {
  const missing = ranges[next];
  if (!missing) return;
  const rows = Math.max(0, line - 1);
  const wanted = `the index (line ${missing.line}) wants rows ${missing.start} to ${missing.end}`;
  throw new LayoutError(file, Math.max(1, line), `the file ends after row ${rows}, but ${wanted}`);
}
