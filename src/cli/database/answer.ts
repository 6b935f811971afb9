import type { QueryAnswer, TableInfo } from '../../core/contracts/index.ts';
import { duration, harmless, type Paint, table } from '../text.ts';

/** Longest cell that is shown whole. */
const WIDEST = 60;

/** An answer as people read it: columns, a rule, rows, what it was. NULL is told from an empty text. */
export function answerText(answer: QueryAnswer, paint: Paint): string {
  const { columns, rows, command, truncated, tookMs } = answer;
  const end = `${command}  ${duration(tookMs)}${truncated ? '  (cut here; --limit shows more)' : ''}`;
  if (columns.length === 0) return paint.dim(end);
  const head = columns.map(({ name }) => paint.bold(harmless(name)));
  const cells = rows.map((row) =>
    row.map((value) => (value === null ? paint.dim('NULL') : short(harmless(value)))),
  );
  const rule = columns.map(({ name }, column) =>
    '─'.repeat(Math.max(name.length, ...cells.map((row) => plain(row[column]!).length))),
  );
  return [table([head, rule, ...cells]), paint.dim(end)].join('\n');
}

/** RFC 4180: CRLF, quotes doubled; NULL is an empty field, an empty text is `""`. */
export function answerCsv({ columns, rows }: QueryAnswer): string {
  const lines = [columns.map(({ name }) => name), ...rows].map((row) => row.map(field).join(','));
  return lines.map((line) => `${line}\r\n`).join('');
}

function field(value: string | null): string {
  if (value === null) return '';
  return value === '' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** The tables of a database. */
export function tablesText(tables: TableInfo[], paint: Paint): string {
  if (tables.length === 0) return paint.dim('no tables');
  const rows = tables.map(({ schema, name, kind, rows: count, bytes }) => [
    paint.bold(harmless(schema === 'public' ? name : `${schema}.${name}`)),
    kind,
    count === null ? '' : `about ${count} rows`,
    `${Math.ceil(bytes / 1024)} kB`,
  ]);
  return table(rows);
}

/** The columns of one table. */
export function columnsText({ columns }: TableInfo, paint: Paint): string {
  const rows = columns.map(({ name, type, nullable, default: standard, key }) => [
    paint.bold(harmless(name)),
    type,
    [key ? 'key' : '', nullable ? '' : 'not null', standard === null ? '' : `default ${harmless(standard)}`]
      .filter((word) => word !== '')
      .join(', '),
  ]);
  return table(rows);
}

function short(text: string): string {
  const line = text.replaceAll('\n', '⏎');
  return line.length > WIDEST ? `${line.slice(0, WIDEST - 1)}…` : line;
}

function plain(cell: string): string {
  return cell.replaceAll(/\x1b\[\d+m/g, '');
}
