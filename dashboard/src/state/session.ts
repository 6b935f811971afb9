import { askMe } from '../api/ask.ts';
import { type ChangeRequest, send } from '../api/change.ts';
import { follow, type StreamNews } from '../api/stream.ts';
import type { AnswerLine, Me } from '../api/types.ts';
import { ANSWERED, afterLine, afterPicture, afterProblem, beginChange, type Change } from './change.ts';
import { afterNews, type LiveState, UNKNOWN } from './live-state.ts';
import { makeStore, type Store } from './store.ts';

export type Wish = Pick<Change, 'kind' | 'place' | 'about'> & { request: ChangeRequest };

/** What this page knows and what was asked for on it. */
export interface Session {
  live: Store<LiveState>;
  /** Who looks; null until that is known. */
  me: Store<Me | null>;
  /** Newest first. */
  changes: Store<readonly Change[]>;
  ask: (wish: Wish) => void;
  dismiss: (id: number) => void;
  /** Follows the server; returns what ends it. */
  start: (onNews: (news: StreamNews, before: LiveState) => void) => () => void;
}

const CHANGES_KEPT = 20;

export function makeSession(now: () => number): Session {
  const live = makeStore(UNKNOWN);
  const me = makeStore<Me | null>(null);
  const askWho = async (signal: AbortSignal) => {
    const answer = await askMe(signal);
    if ('value' in answer) me.set(answer.value);
  };
  const changes = makeStore<readonly Change[]>([]);
  const update = (id: number, step: (change: Change) => Change) =>
    changes.set(changes.get().map((change) => (change.id === id ? step(change) : change)));
  let lastId = 0;

  return {
    live,
    me,
    changes,
    async ask({ request, ...about }) {
      const id = ++lastId;
      const change = beginChange({ ...about, id, beganAt: now() });
      changes.set([change, ...changes.get()].slice(0, CHANGES_KEPT));
      const tell = (line: AnswerLine) => update(id, (c) => afterLine(c, line, now()));
      const problem = await send(request, tell);
      const { overview } = live.get();
      if (problem !== null) update(id, (c) => afterProblem(c, problem, now()));
      // The picture of its end may have come before the answer.
      else if (overview !== null) update(id, (c) => afterPicture(c, overview, now()));
      if (problem === null && ANSWERED.includes(about.kind))
        update(id, (c) =>
          afterLine(c, { type: 'result', release: 0, rollout: { state: 'promoted', reason: '' } }, now()),
        );
    },
    dismiss: (id) => changes.set(changes.get().filter((change) => change.id !== id)),
    start(onNews) {
      const stop = new AbortController();
      const tell = (news: StreamNews) => {
        const before = live.get();
        live.set(afterNews(before, news, now()));
        // Rights may have changed while it was away: the server ends streams of those who may less.
        const isBack = before.connection.state !== 'live' && live.get().connection.state === 'live';
        if (isBack || (news.type === 'picture' && me.get() === null)) void askWho(stop.signal);
        if (news.type === 'picture')
          for (const { id } of changes.get()) update(id, (c) => afterPicture(c, news.overview, now()));
        onNews(news, before);
      };
      void follow(tell, stop.signal);
      return () => stop.abort();
    },
  };
}
