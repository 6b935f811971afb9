import type { PipelineLine } from '../server/index.ts';
import { testsText } from './pipeline-text.ts';
import { duration, harmless, type Paint, paintFor } from './text.ts';

/** Shows a pipeline run as it goes on: what each step prints behind its name, then how it ended and how long it took. */
export function pipelinePrinter(options: {
  json: boolean;
  out?: NodeJS.WriteStream;
}): (line: PipelineLine) => void {
  const out = options.out ?? process.stdout;
  if (options.json) return (line) => void out.write(`${JSON.stringify(line)}\n`);
  const paint = paintFor(out);
  return (line) => {
    const text = textOf(line, paint);
    if (text !== null) out.write(`${text}\n`);
  };
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

function textOf(line: PipelineLine, paint: Paint): string | null {
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

function failureText({ failure }: Extract<PipelineLine, { type: 'test-failed' }>, paint: Paint): string {
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

function endedText(line: Extract<PipelineLine, { type: 'ended' }>, paint: Paint): string {
  const { step, state, reason, ms, tests } = line;
  const color =
    { succeeded: paint.green, cached: paint.green, failed: paint.red }[state as string] ?? paint.yellow;
  const took = state === 'skipped' ? '' : ` ${paint.dim(state === 'cached' ? 'cached' : duration(ms))}`;
  const found = tests === null ? '' : ` (${testsText(tests)})`;
  const why = reason === '' ? '' : `: ${harmless(reason)}`;
  return `${color(MARKS[state])} ${step}${took}${found}${why}`;
}

function endText(
  { id, state, reason, ms, report }: Extract<PipelineLine, { type: 'end' }>,
  paint: Paint,
): string {
  const why = reason === '' ? '' : `: ${harmless(reason)}`;
  const color = state === 'succeeded' ? paint.green : paint.red;
  return color(`pipeline run ${id} ${state}${why}`) + paint.dim(` (${duration(ms)})\nreport: ${report}`);
}
