import type { Answer } from './answer-reader.ts';
import { Connection, RequestFailure, type Target } from './connection.ts';
import { createRequests, type Prepared } from './requests.ts';
import { type LoadResult, Recorder } from './result.ts';
import { createSequence, type Mix, startSchedule } from './schedule.ts';
import { startSockets } from './sockets.ts';

export interface LoadOptions {
  target: Target;
  /** Requests per second, sent evenly whatever becomes of them. */
  rate: number;
  /** Shares of the requests that `systems/hello` answers. */
  mix?: Mix;
  /** Gives each next request, instead of a mix. */
  next?: () => Prepared;
  /** Long-lived WebSockets beside the requests; 0 if absent. */
  websockets?: number;
  /** Longest wait for a complete answer, ms; 30,000 if absent. */
  timeoutMs?: number;
  /** More requests than this in flight are not sent, and fail as `not-sent`; 10,000 if absent. */
  maxInFlight?: number;
}

export interface RunningLoad {
  /** Sends no more, waits for what is in flight, and gives the result. */
  stop: () => Promise<LoadResult>;
  /** The result so far. */
  snapshot: () => LoadResult;
}

/** Starts a load on a target: by `mix` it must have the HTTP surface of `systems/hello`. */
export function runLoad(options: LoadOptions): RunningLoad {
  const { target, rate, mix = {}, websockets = 0, timeoutMs = 30_000, maxInFlight = 10_000 } = options;
  const recorder = new Recorder();
  const client: Client = { target, timeoutMs, idle: [], recorder };
  const next = options.next ?? nextOf(mix, target);
  const inFlight = new Set<Promise<void>>();

  const stopSchedule = startSchedule(rate, (dueAt) => {
    const prepared = next();
    recorder.sent(prepared.name, performance.now() - dueAt);
    if (inFlight.size >= maxInFlight) {
      fail(client, { prepared, dueAt, failure: new RequestFailure('not-sent', `${maxInFlight} in flight`) });
      return;
    }
    const request = send(client, prepared, dueAt).finally(() => inFlight.delete(request));
    inFlight.add(request);
  });
  const sockets = startSockets(websockets, { target, timeoutMs, recorder });

  const stop = async () => {
    stopSchedule();
    await Promise.all(inFlight);
    await sockets.stop();
    for (const connection of client.idle) connection.close();
    return recorder.result();
  };
  return { stop, snapshot: () => recorder.result() };
}

function nextOf(mix: Mix, target: Target): () => Prepared {
  const prepare = createRequests(target, Math.random);
  const nextName = createSequence(mix);
  return () => prepare[nextName()]();
}

interface Client {
  target: Target;
  timeoutMs: number;
  /** Kept-alive connections; the one used last is used next, so that the others get to be idle. */
  idle: Connection[];
  recorder: Recorder;
}

async function send(client: Client, prepared: Prepared, dueAt: number): Promise<void> {
  const connection = (prepared.reuses && takeIdle(client)) || new Connection(client.target);
  try {
    check(await connection.ask(prepared.bytes, client.timeoutMs), prepared.expected);
    client.recorder.ok(prepared.name, performance.now() - dueAt);
    if (prepared.reuses && connection.usable) client.idle.push(connection);
    else connection.close();
  } catch (failure) {
    connection.close();
    if (!(failure instanceof RequestFailure)) throw failure;
    fail(client, { prepared, dueAt, failure });
  }
}

function takeIdle({ idle }: Client): Connection | null {
  for (;;) {
    const connection = idle.pop();
    if (connection === undefined) return null;
    if (connection.usable) return connection;
  }
}

function check({ status, body }: Answer, expected: Buffer | null): void {
  if (status < 200 || status > 299)
    throw new RequestFailure(`status-${status}`, body.toString('latin1', 0, 200));
  if (expected === null || body.equals(expected)) return;
  throw new RequestFailure('wrong-body', `${body.length} bytes, expected ${expected.length}`);
}

interface Failed {
  prepared: Prepared;
  dueAt: number;
  failure: RequestFailure;
}

function fail({ recorder }: Client, { prepared, dueAt, failure }: Failed): void {
  recorder.failed({
    kind: failure.kind,
    request: prepared.name,
    idempotent: prepared.idempotent,
    at: Date.now(),
    dueAt: performance.timeOrigin + dueAt,
    detail: failure.message,
  });
}
