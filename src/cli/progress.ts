import { describe } from '../core/rollout/index.ts';
import type { ApprovalView, ChangeEnd, ProgressLine } from '../server/index.ts';
import { duration, harmless, paintFor } from './text.ts';

/** Shows a change as it goes on: each step with its time; on a terminal the running one in place. */
export function progressPrinter(options: {
  json: boolean;
  out?: NodeJS.WriteStream;
}): (line: ProgressLine) => void {
  const out = options.out ?? process.stdout;
  if (options.json) return (line) => void out.write(`${JSON.stringify(line)}\n`);
  const paint = paintFor(out);
  const live = out.isTTY === true;
  const clear = live ? '\r\x1b[2K' : '';
  return (line) => {
    if (line.type === 'note') out.write(`${clear}  ${paint.dim(harmless(line.message))}\n`);
    if (line.type === 'begin' && live) out.write(`${clear}  ${paint.dim('…')} ${describe(line.operation)}`);
    if (line.type === 'done')
      out.write(
        `${clear}  ${paint.green('✓')} ${describe(line.operation)} ${paint.dim(duration(line.ms))}\n`,
      );
    if (line.type === 'failed') printFailed(line, { out, clear });
    if (line.type === 'returning') {
      const to =
        line.toRelease === null ? 'stopping what was started' : `returning to release ${line.toRelease}`;
      out.write(`${clear}  ${paint.yellow('↩')} ${to}\n`);
    }
  };
}

function printFailed(
  line: Extract<ProgressLine, { type: 'failed' }>,
  { out, clear }: { out: NodeJS.WriteStream; clear: string },
): void {
  const paint = paintFor(out);
  out.write(`${clear}  ${paint.red('✗')} ${describe(line.operation)}\n`);
  const who = line.instance === null ? '' : `${line.instance}: `;
  out.write(`    ${paint.red(`${who}${harmless(line.reason)}`)}\n`);
  if (line.lastLines.length > 0) out.write(`    ${paint.dim('its last output:')}\n`);
  for (const text of line.lastLines) out.write(`    ${paint.dim('│')} ${harmless(text)}\n`);
}

/** The verdict in one line, and whether it is a good one. */
export function verdict(end: ChangeEnd): { good: boolean; text: string } {
  const { system } = end.place;
  if (end.approval != null) return { good: true, text: waitingText(end.approval) };
  if (end.rollout === null)
    return { good: true, text: `${system} is up to date: release ${end.release} runs, nothing to do` };
  const took = duration((end.rollout.endedAt ?? 0) - end.rollout.startedAt);
  if (end.rollout.state === 'promoted')
    return { good: true, text: `${system}: release ${end.release} runs (${took})` };
  const { fromRelease, toRelease, reason } = end.rollout;
  const isDown = fromRelease === null || reason === TAKEN_DOWN;
  const now = isDown ? 'nothing of it runs' : `release ${fromRelease} runs on, it missed nothing`;
  if (end.returned) return { good: true, text: `${system}: release ${toRelease} was given up; ${now}` };
  return { good: false, text: `${system}: release ${toRelease} was not taken: ${reason}; ${now} (${took})` };
}

/** A release that needs somebody's word. */
export function waitingText({ id, system, environment, release, role }: ApprovalView): string {
  return `${system}: release ${release} waits for the word of ${role === 'admin' ? 'an admin' : `a ${role}`} of ${environment}: \`escale approve ${id}\``;
}

/** The reason of a rollout that `escale down` ended: it did not return to anything. */
const TAKEN_DOWN = 'it was taken down';
