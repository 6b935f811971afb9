import { useEffect, useState } from 'react';
import { followRun } from '../../api/follow-run.ts';
import type { ApiProblem, PipelineLine } from '../../api/types.ts';
import { afterLines, NO_LOG, type RunLog } from '../../state/run-log.ts';

/** Lines that come within so long are shown together, ms. */
const TOGETHER_MS = 100;

/** What a run says, from its beginning and as it comes; null until the first of it is there. */
export function useRunLog(run: number): { log: RunLog | null; problem: ApiProblem | null } {
  const [log, setLog] = useState<RunLog | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    let waiting: PipelineLine[] = [];
    let timer: ReturnType<typeof setTimeout> | null = null;
    let isFromTheBeginning = true;
    const show = () => {
      timer = null;
      const [lines, before] = [waiting, isFromTheBeginning];
      waiting = [];
      isFromTheBeginning = false;
      setLog((log) => afterLines(before || log === null ? NO_LOG : log, lines));
    };
    const begins = () => {
      waiting = [];
      isFromTheBeginning = true;
    };
    const line = (one: PipelineLine) => {
      waiting.push(one);
      timer ??= setTimeout(show, TOGETHER_MS);
    };
    void followRun(run, { begins, line, problem: setProblem }, stop.signal);
    return () => {
      stop.abort();
      if (timer !== null) clearTimeout(timer);
    };
  }, [run]);
  return { log, problem };
}
