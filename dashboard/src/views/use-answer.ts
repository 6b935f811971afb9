import { useEffect, useState } from 'react';
import type { Answer } from '../api/ask.ts';
import type { ApiProblem } from '../api/types.ts';

/** What was asked for last, and what is known of it. */
export interface Asked<T> {
  /** The newest answer; while another one is awaited, the one before it. */
  value: T | null;
  problem: ApiProblem | null;
  isLoading: boolean;
  /** ms since 1970, of this browser: when the answer came. */
  at: number;
  again: () => void;
}

/**
 * Asks when the view comes, and whenever `question` is another one; not yet while it is null. An answer that a newer
 * question overtook is dropped.
 */
export function useAnswer<T>(
  question: string | null,
  ask: (signal: AbortSignal) => Promise<Answer<T>>,
): Asked<T> {
  const [round, setRound] = useState(0);
  const [last, setLast] = useState<{ of: string; at: number; answer: Answer<T> } | null>(null);
  const wanted = question === null ? null : `${round} ${question}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `question` says all that `ask` depends on
  useEffect(() => {
    if (wanted === null) return;
    const overtaken = new AbortController();
    void ask(overtaken.signal).then((answer) => {
      if (!overtaken.signal.aborted) setLast({ of: wanted, at: Date.now(), answer });
    });
    return () => overtaken.abort();
  }, [wanted]);
  return {
    value: last !== null && 'value' in last.answer ? last.answer.value : null,
    problem: last !== null && 'problem' in last.answer ? last.answer.problem : null,
    isLoading: last?.of !== wanted,
    at: last?.at ?? 0,
    again: () => setRound(round + 1),
  };
}
