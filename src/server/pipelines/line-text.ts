import { duration, harmless } from '../../core/text/index.ts';
import type { PipelineLine } from './follow.ts';

/** How colours are put around a text, where there are any. */
export type LinePaint = Record<
  'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan',
  (text: string) => string
>;

const plain = (text: string) => text;
/** For whoever shows no colours. */
export const NO_PAINT: LinePaint = {
  bold: plain,
  dim: plain,
  red: plain,
  green: plain,
  yellow: plain,
  cyan: plain,
};

/** `12 passed, 1 failed`. */
export function testsText({
  passed,
  failed,
  skipped,
}: {
  passed: number;
  failed: number;
  skipped: number;
}): string {
  const parts = [
    `${passed} passed`,
    failed > 0 ? `${failed} failed` : '',
    skipped > 0 ? `${skipped} skipped` : '',
  ];
  return parts.filter(Boolean).join(', ');
}

const MARKS = {
  succeeded: '✓',
  cached: '✓',
  failed: '✗',
  skipped: '–',
  cancelled: '–',
  waiting: '…',
  running: '…',
};

/** What is said of a line of a run, by itself or over several lines. */
export function lineText(line: PipelineLine, paint: LinePaint): string {
  switch (line.type) {
    case 'run':
      return paint.bold(`pipeline run ${line.id} of ${line.system}`);
    case 'begun':
      return `${paint.cyan('▶')} ${line.step}`;
    case 'output':
      return `  ${paint.dim(`${line.step} │`)} ${harmless(line.text)}`;
    case 'test-failed':
      return failureText(line, paint);
    case 'ended':
      return endedText(line, paint);
    case 'delivered':
      return `  ${line.delivered.environment}: ${line.delivered.verdict}, ${harmless(line.delivered.message)}`;
    case 'end':
      return endText(line, paint);
  }
}

function failureText({ failure }: Extract<PipelineLine, { type: 'test-failed' }>, paint: LinePaint): string {
  const { name, file, line, message } = failure;
  const place = file === null ? '' : `  ${paint.cyan(harmless(line === null ? file : `${file}:${line}`))}`;
  const lines =
    message === ''
      ? []
      : harmless(message)
          .split('\n')
          .map((text) => `      ${text}`);
  return [`    ${paint.red('✗')} ${harmless(name)}${place}`, ...lines].join('\n');
}

function endedText(line: Extract<PipelineLine, { type: 'ended' }>, paint: LinePaint): string {
  const { step, state, reason, ms, tests } = line;
  const color =
    { succeeded: paint.green, cached: paint.green, failed: paint.red }[state as string] ?? paint.yellow;
  const took = state === 'skipped' ? '' : ` ${paint.dim(state === 'cached' ? 'cached' : duration(ms))}`;
  const found = tests === null ? '' : ` (${testsText(tests)})`;
  const why = reason === '' ? '' : `: ${harmless(reason)}`;
  return `${color(MARKS[state])} ${step}${took}${found}${why}`;
}

function endText(
  { id, state, reason, ms }: Extract<PipelineLine, { type: 'end' }>,
  paint: LinePaint,
): string {
  const why = reason === '' ? '' : `: ${harmless(reason)}`;
  const color = state === 'succeeded' ? paint.green : paint.red;
  return color(`pipeline run ${id} ${state}${why}`) + paint.dim(` (${duration(ms)})`);
}
