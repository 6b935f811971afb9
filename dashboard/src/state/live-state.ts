import type { StreamNews } from '../api/stream.ts';
import type { Overview, StoredEvent } from '../api/types.ts';
import { type History, withPicture } from './rates.ts';

export interface LiveState {
  connection: { state: 'first' | 'live' | 'signed-out' } | { state: 'lost'; retryAt: number };
  overview: Overview | null;
  /** Newest first. */
  events: readonly StoredEvent[];
  history: History;
  /** The server's clock less this browser's, ms. */
  clockSkew: number;
}

export const UNKNOWN: LiveState = {
  connection: { state: 'first' },
  overview: null,
  events: [],
  history: new Map(),
  clockSkew: 0,
};

const EVENTS_KEPT = 200;

/** What is known after one more piece of news, received at `now` (this browser's ms since 1970). */
export function afterNews(state: LiveState, news: StreamNews, now: number): LiveState {
  switch (news.type) {
    case 'picture':
      return afterPicture(state, news.overview, now);
    case 'event':
      return { ...state, connection: { state: 'live' }, events: merged(state.events, [news.event]) };
    case 'lost':
      return { ...state, connection: { state: 'lost', retryAt: now + news.retryMs } };
    case 'signed-out':
      return { ...state, connection: { state: 'signed-out' } };
  }
}

function afterPicture(state: LiveState, overview: Overview, now: number): LiveState {
  return {
    connection: { state: 'live' },
    overview,
    events: merged(isAnotherServer(state.events, overview.events) ? [] : state.events, overview.events),
    history: withPicture(state.history, overview),
    clockSkew: overview.at - now,
  };
}

/** Numbers that begin again mean another store: what it does not know is not shown beside what it does. */
function isAnotherServer(known: readonly StoredEvent[], told: readonly StoredEvent[]): boolean {
  return (known[0]?.id ?? 0) > Math.max(0, ...told.map(({ id }) => id)) + EVENTS_KEPT;
}

function merged(known: readonly StoredEvent[], fresh: readonly StoredEvent[]): readonly StoredEvent[] {
  const ids = new Set(known.map(({ id }) => id));
  const added = fresh.filter(({ id }) => !ids.has(id));
  if (added.length === 0) return known;
  return [...known, ...added].sort((a, b) => b.id - a.id).slice(0, EVENTS_KEPT);
}
