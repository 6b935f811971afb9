import { linesOf } from './lines.ts';
import { CUT_OFF, problemOf } from './problem.ts';
import { retryAfter } from './stream.ts';
import type { ApiProblem, PipelineLine } from './types.ts';

export interface RunListener {
  /** The log is told from its beginning, again after each loss of it. */
  begins: () => void;
  line: (line: PipelineLine) => void;
  /** It was lost, or can't be read; null: it is told again. */
  problem: (problem: ApiProblem | null) => void;
}

/** Follows what a run says to its end, or until the signal is aborted, through every loss of the connection. */
export async function followRun(run: number, listener: RunListener, signal: AbortSignal): Promise<void> {
  let tries = 0;
  const begins = () => {
    tries = 0;
    listener.problem(null);
    listener.begins();
  };
  while (!signal.aborted) {
    const end = await readOnce(run, { ...listener, begins }, signal);
    if (signal.aborted || end === 'ended') return;
    listener.problem(end);
    if (end.code !== CUT_OFF.code) return;
    await new Promise((resolve) => setTimeout(resolve, retryAfter(tries++)));
  }
}

async function readOnce(
  run: number,
  { begins, line: tell }: RunListener,
  signal: AbortSignal,
): Promise<'ended' | ApiProblem> {
  try {
    const response = await fetch(`/api/pipelines/${run}/log`, { signal });
    if (!response.ok) return await problemOf(response);
    begins();
    for await (const text of linesOf(response.body!)) {
      if (text === '' || signal.aborted) continue;
      const line = JSON.parse(text) as PipelineLine | { error: ApiProblem };
      if ('error' in line) return line.error;
      tell(line);
      if (line.type === 'end') return 'ended';
    }
  } catch {
    // Cut off or refused: the loop tries again.
  }
  return CUT_OFF;
}
