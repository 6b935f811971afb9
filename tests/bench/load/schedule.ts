import type { ScheduledName } from './requests.ts';

/** Shares of each kind of request; any unit, 0 or absent for none. */
export type Mix = Partial<Record<ScheduledName, number>>;

/** A sequence that holds the shares of the mix exactly over time and spreads each kind evenly. Throws on an empty mix. */
export function createSequence(mix: Mix): () => ScheduledName {
  const entries = (Object.entries(mix) as [ScheduledName, number][])
    .filter(([, share]) => share > 0)
    .map(([name, share]) => ({ name, share, credit: 0 }));
  const whole = entries.reduce((sum, { share }) => sum + share, 0);
  if (entries.length === 0) throw new Error('the mix has no request');
  return () => {
    for (const entry of entries) entry.credit += entry.share;
    const next = entries.reduce((best, entry) => (entry.credit > best.credit ? entry : best));
    next.credit -= whole;
    return next.name;
  };
}

/**
 * Calls `due` with the time (ms, of `performance.now`) at which each request of an even rate is due, whatever became
 * of the earlier ones; late calls are caught up, with the time they were due. Returns what ends it.
 */
export function startSchedule(perSecond: number, due: (dueAt: number) => void): () => void {
  const began = performance.now();
  let count = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    for (;;) {
      const dueAt = began + (count * 1000) / perSecond;
      if (dueAt > now) return;
      count++;
      due(dueAt);
    }
  }, 1);
  return () => clearInterval(timer);
}
