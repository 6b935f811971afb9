import type { Overview } from '../api/types.ts';

/** What the counters of one service said at one moment. */
export interface Sample {
  /** ms since 1970, of the server. */
  at: number;
  requests: number;
  errors: number;
}

/** Samples of each service by its key, oldest first. */
export type History = ReadonlyMap<string, readonly Sample[]>;

/** How far back the sparkline looks, ms. */
export const WINDOW_MS = 120_000;
/** The rate that is shown is the mean of so long a time, ms. */
const SHOWN_MS = 5000;
/** Pictures that follow each other faster than this are one sample, ms. */
const APART_MS = 900;

export function serviceKey(system: string, environment: string, service: string): string {
  return JSON.stringify([environment, system, service]);
}

/** The history with one more picture; services that are gone are forgotten. */
export function withPicture(history: History, overview: Overview): History {
  const next = new Map<string, readonly Sample[]>();
  for (const { name, environment, services } of overview.systems)
    for (const { name: service, requests, errors } of services) {
      const key = serviceKey(name, environment, service);
      next.set(key, withSample(history.get(key) ?? [], { at: overview.at, requests, errors }));
    }
  return next;
}

/** Keeps samples apart and recent: the newest one is replaced while it is too close to the one before. */
export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const recent = samples.filter(({ at }) => at >= sample.at - WINDOW_MS - SHOWN_MS && at <= sample.at);
  const before = recent.at(-2);
  const isClose = before !== undefined && recent.at(-1)!.at - before.at < APART_MS;
  return [...(isClose ? recent.slice(0, -1) : recent), sample];
}

/** Requests per second (or errors) over the last seconds; null until two pictures were seen. */
export function currentRate(
  samples: readonly Sample[],
  counter: 'requests' | 'errors' = 'requests',
): number | null {
  const last = samples.at(-1);
  if (last === undefined || samples.length < 2) return null;
  const older = samples.slice(0, -1);
  const first = older.findLast(({ at }) => last.at - at >= SHOWN_MS) ?? older[0]!;
  const span = samples.slice(samples.indexOf(first));
  return last.at > first.at ? (growth(span, counter) / (last.at - first.at)) * 1000 : null;
}

/** `count` rates, oldest first, of equal parts of the window that ends at `now`; null where nothing is known. */
export function rateSeries(samples: readonly Sample[], now: number, count: number): (number | null)[] {
  const part = WINDOW_MS / count;
  return Array.from({ length: count }, (_, index) => {
    const middle = now - WINDOW_MS + (index + 0.5) * part;
    const after = samples.findIndex(({ at }) => at >= middle);
    if (after <= 0) return null;
    const pair = [samples[after - 1]!, samples[after]!];
    const ms = pair[1]!.at - pair[0]!.at;
    return ms > 0 ? (growth(pair, 'requests') / ms) * 1000 : null;
  });
}

/** How much a counter grew; one that is smaller than before began again at zero. */
function growth(samples: readonly Sample[], counter: 'requests' | 'errors'): number {
  let sum = 0;
  for (const [index, sample] of samples.entries()) {
    if (index === 0) continue;
    const before = samples[index - 1]![counter];
    sum += sample[counter] >= before ? sample[counter] - before : sample[counter];
  }
  return sum;
}
