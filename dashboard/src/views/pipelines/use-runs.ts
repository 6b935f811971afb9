import { askRuns } from '../../api/ask.ts';
import type { PipelineSummary } from '../../api/types.ts';
import { useLive } from '../context.tsx';
import { type Asked, useAnswer } from '../use-answer.ts';

/** Pipeline runs of a system or of all, asked for again whenever the picture shows that some have changed. */
export function useRuns(system: string | null, most: number): Asked<PipelineSummary[]> {
  const { overview } = useLive();
  const seen = overview?.pipelines.map(({ id, state, deliveries }) => [id, state, deliveries.length]);
  const question = seen === undefined ? null : JSON.stringify([system, most, seen]);
  return useAnswer(question, (signal) => askRuns(system, most, signal));
}
