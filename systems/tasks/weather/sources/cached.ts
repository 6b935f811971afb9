import { type Breaker, createBreaker } from './breaker.ts';
import { parametersOf } from './open-meteo.ts';
import { type Forecast, type Source, SourceDown } from './source.ts';

export interface CacheOptions {
  /** How long an answer is good, ms. */
  fresh: number;
  /** Answers kept at most; the ones not used for longest go first. */
  size: number;
  now: () => number;
  breaker?: Breaker;
}

/**
 * A source whose answers are kept for a while, that is asked the same only once at a time, and that is left alone while
 * it fails. Rejects with `SourceDown`, which tells the age of the last answer known to that question.
 */
export function cached(source: Source, options: CacheOptions): Source {
  const { now, breaker = createBreaker({ failures: 5, pause: 30_000, now }) } = options;
  const known = new Map<string, { at: number; forecast: Forecast }>();
  const asking = new Map<string, Promise<Forecast>>();

  const ask = async (key: string, question: () => Promise<Forecast>) => {
    try {
      const forecast = await guarded(breaker, question);
      keep(known, { key, entry: { at: now(), forecast }, size: options.size });
      return forecast;
    } catch (error) {
      throw withAge(error, known.get(key)?.at, now());
    } finally {
      asking.delete(key);
    }
  };

  return {
    name: source.name,
    forecast: (query) => {
      const key = parametersOf(query).toString();
      const found = known.get(key);
      if (found && now() - found.at < options.fresh) {
        keep(known, { key, entry: found, size: options.size });
        return Promise.resolve(found.forecast);
      }
      const promise = asking.get(key) ?? ask(key, () => source.forecast(query));
      asking.set(key, promise);
      return promise;
    },
  };
}

async function guarded(breaker: Breaker, question: () => Promise<Forecast>): Promise<Forecast> {
  if (!breaker.allows())
    throw new SourceDown('the source failed several times in a row and is left alone for a while');
  try {
    const forecast = await question();
    breaker.succeeded();
    return forecast;
  } catch (error) {
    breaker.failed();
    throw error;
  }
}

function withAge(error: unknown, at: number | undefined, now: number): unknown {
  if (error instanceof SourceDown && at !== undefined) error.ageSeconds = Math.round((now - at) / 1000);
  return error;
}

/** A Map remembers the order of insertion: the first is the one not used for longest. */
function keep<Entry>(
  known: Map<string, Entry>,
  { key, entry, size }: { key: string; entry: Entry; size: number },
) {
  known.delete(key);
  known.set(key, entry);
  const [oldest] = known.keys();
  if (known.size > size && oldest !== undefined) known.delete(oldest);
}
