import { linesOf } from './lines.ts';
import { serverEvents } from './server-events.ts';
import type { Overview, StoredEvent } from './types.ts';

export type StreamNews =
  | { type: 'picture'; overview: Overview }
  | { type: 'event'; event: StoredEvent }
  /** Nothing comes any more; the next try is in `retryMs`. */
  | { type: 'lost'; retryMs: number }
  | { type: 'signed-out' };

/** The server sends a picture every ten seconds at the least; this long without one means it is gone, ms. */
const SILENCE_MS = 30_000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 8000;

/** How long to wait before try number `tries`, from 0, ms. */
export function retryAfter(tries: number): number {
  return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** tries);
}

/** Follows the server until the signal is aborted, through every loss of it. */
export async function follow(tell: (news: StreamNews) => void, signal: AbortSignal): Promise<void> {
  let tries = 0;
  while (!signal.aborted) {
    const end = await listenOnce((news) => {
      tries = 0;
      tell(news);
    }, signal);
    if (signal.aborted) return;
    if (end === 'signed-out') tell({ type: 'signed-out' });
    const retryMs = end === 'signed-out' ? LONGEST_RETRY_MS : retryAfter(tries++);
    if (end === 'lost') tell({ type: 'lost', retryMs });
    await pause(retryMs, signal);
  }
}

async function listenOnce(
  tell: (news: StreamNews) => void,
  signal: AbortSignal,
): Promise<'lost' | 'signed-out'> {
  const silence = new AbortController();
  const both = AbortSignal.any([signal, silence.signal]);
  let watchdog = setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    const response = await fetch('/api/stream', { signal: both, headers: { accept: 'text/event-stream' } });
    if (response.status === 401) return 'signed-out';
    if (!response.ok || response.body === null) return 'lost';
    for await (const { event, data } of serverEvents(linesOf(response.body))) {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => silence.abort(), SILENCE_MS);
      if (event === 'overview') tell({ type: 'picture', overview: JSON.parse(data) as Overview });
      if (event === 'event') tell({ type: 'event', event: JSON.parse(data) as StoredEvent });
    }
  } catch {
    // Cut off, refused or silent: the loop tries again.
  } finally {
    clearTimeout(watchdog);
  }
  return 'lost';
}

/** Waits, and no longer than until the machine says that it is on a network again. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const ended = new AbortController();
    const end = () => {
      clearTimeout(timer);
      ended.abort();
      resolve();
    };
    const timer = setTimeout(end, ms);
    globalThis.addEventListener('online', end, { signal: ended.signal });
    signal.addEventListener('abort', end, { signal: ended.signal });
  });
}
