import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Overview, StoredEvent } from '../api/types.ts';
import { afterNews, UNKNOWN } from './live-state.ts';

function event(id: number): StoredEvent {
  const nowhere = { system: 's', environment: 'local', service: '', instance: '', release: 1 };
  return { id, at: id, type: 'instance-ready', message: 'ready again', ...nowhere };
}

function picture(at: number, ids: number[]): Overview {
  return {
    at,
    systems: [],
    ...{ events: ids.map(event), targets: [], pipelines: [], approvals: [] },
    host: {
      capabilities: {},
      gateway: { connected: true, pid: 1, problem: null },
      supervisor: { connected: true },
      httpPort: 8080,
      version: '0',
    },
  };
}

const ids = (events: readonly StoredEvent[]) => events.map(({ id }) => id);

test('pictures and events are one list: each once, newest first', () => {
  let state = afterNews(UNKNOWN, { type: 'picture', overview: picture(1000, [1, 2, 3]) }, 900);
  state = afterNews(state, { type: 'event', event: event(4) }, 950);
  state = afterNews(state, { type: 'picture', overview: picture(1100, [2, 3, 4]) }, 1000);
  assert.deepEqual(ids(state.events), [4, 3, 2, 1]);
  assert.equal(state.clockSkew, 100);
});

test('two hundred events are kept', () => {
  const many = Array.from({ length: 300 }, (_, index) => index + 1);
  const state = afterNews(UNKNOWN, { type: 'picture', overview: picture(1, many) }, 1);
  assert.equal(state.events.length, 200);
  assert.equal(state.events[0]!.id, 300);
});

test('a picture of which nothing is new keeps the same list, so that nothing is drawn again', () => {
  const before = afterNews(UNKNOWN, { type: 'picture', overview: picture(1, [1]) }, 1);
  const after = afterNews(before, { type: 'picture', overview: picture(2, [1]) }, 2);
  assert.equal(after.events, before.events);
});

test('a loss keeps what is known and says when the next try is; a picture ends it', () => {
  const live = afterNews(UNKNOWN, { type: 'picture', overview: picture(1, [1]) }, 1);
  const lost = afterNews(live, { type: 'lost', retryMs: 500 }, 1000);
  assert.deepEqual(lost.connection, { state: 'lost', retryAt: 1500 });
  assert.equal(lost.overview, live.overview);
  const back = afterNews(lost, { type: 'picture', overview: picture(2, [1]) }, 2000);
  assert.deepEqual(back.connection, { state: 'live' });
  assert.deepEqual(afterNews(back, { type: 'signed-out' }, 1).connection, { state: 'signed-out' });
});

test('events of another store do not stay beside those of this one', () => {
  const before = afterNews(UNKNOWN, { type: 'picture', overview: picture(1, [900, 901]) }, 1);
  const after = afterNews(before, { type: 'picture', overview: picture(2, [1, 2]) }, 2);
  assert.deepEqual(ids(after.events), [2, 1]);
});
