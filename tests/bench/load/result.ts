import { createHistogram, type Histogram, type Latency } from './histogram.ts';

/** What the load is made of; `websocket` stands for the long-lived ones, `read` and `write` for those of other systems. */
export type RequestName =
  | 'kept-alive'
  | 'new-connection'
  | 'echo'
  | 'chunked'
  | 'websocket'
  | 'read'
  | 'write';

/**
 * How a request can fail. `reset-before-answer`: the connection ended after the request was written and before a byte
 * of an answer. `truncated`: it ended inside the answer. `not-sent`: the client itself had too many in flight.
 */
export type FailureKind =
  | `status-${number}`
  | 'refused'
  | 'reset-before-answer'
  | 'truncated'
  | 'timeout'
  | 'wrong-body'
  | 'malformed'
  | 'not-sent';

export interface Failure {
  kind: FailureKind;
  request: RequestName;
  /** Whether HTTP lets a gateway send it again. */
  idempotent: boolean;
  /** When it failed, and when it was due, ms since the epoch. */
  at: number;
  dueAt: number;
  detail: string;
}

/** How a WebSocket ended. `code` 1006: abruptly, without a close frame. */
export interface SocketEnd {
  code: number;
  reason: string;
  at: number;
  lastedMs: number;
  echoes: number;
  /** Whether the load itself ended it, as it stopped. */
  byClient: boolean;
  /** Messages sent that never came back. */
  unanswered: number;
}

/** Figures of one kind of request, or of all. Latency counts from the moment a request was due, not from its sending. */
export interface Figures {
  sent: number;
  ok: number;
  failed: number;
  latencyMs: Latency;
}

export interface LoadResult {
  startedAt: number;
  durationMs: number;
  total: Figures;
  byRequest: Partial<Record<RequestName, Figures>>;
  failuresByKind: Partial<Record<FailureKind, number>>;
  /** The first 10,000; the counts above have all. */
  failures: Failure[];
  sockets: { opened: number; echoes: number; ends: SocketEnd[] };
  /** How late the client itself was at worst in sending what was due, ms: large means that it was starved. */
  maxLagMs: number;
}

const largestList = 10_000;

/** Collects what happens into a result. */
export class Recorder {
  #startedAt = Date.now();
  #rows = new Map<
    RequestName | 'total',
    { sent: number; ok: number; failed: number; histogram: Histogram }
  >();
  #failures: Failure[] = [];
  #failuresByKind: Partial<Record<FailureKind, number>> = {};
  #sockets = { opened: 0, echoes: 0, ends: [] as SocketEnd[] };
  #maxLagMs = 0;

  sent(request: RequestName, lagMs: number): void {
    this.#maxLagMs = Math.max(this.#maxLagMs, lagMs);
    for (const row of this.#rowsOf(request)) row.sent++;
  }

  ok(request: RequestName, latencyMs: number): void {
    for (const row of this.#rowsOf(request)) {
      row.ok++;
      row.histogram.add(latencyMs);
    }
  }

  failed(failure: Failure): void {
    for (const row of this.#rowsOf(failure.request)) row.failed++;
    this.#failuresByKind[failure.kind] = (this.#failuresByKind[failure.kind] ?? 0) + 1;
    if (this.#failures.length < largestList) this.#failures.push(failure);
  }

  socketOpened(): void {
    this.#sockets.opened++;
  }

  socketEnded(end: SocketEnd): void {
    this.#sockets.ends.push(end);
  }

  socketEchoed(): void {
    this.#sockets.echoes++;
  }

  /** The result so far. */
  result(): LoadResult {
    const figures = [...this.#rows].map(([name, { histogram, ...counts }]) => [
      name,
      { ...counts, latencyMs: histogram.latency() },
    ]);
    const { total = noFigures(), ...byRequest } = Object.fromEntries(figures);
    return {
      startedAt: this.#startedAt,
      durationMs: Date.now() - this.#startedAt,
      total,
      byRequest,
      failuresByKind: { ...this.#failuresByKind },
      failures: [...this.#failures],
      sockets: { ...this.#sockets, ends: [...this.#sockets.ends] },
      maxLagMs: this.#maxLagMs,
    };
  }

  #rowsOf(request: RequestName) {
    return [this.#row('total'), this.#row(request)];
  }

  #row(name: RequestName | 'total') {
    const row = this.#rows.get(name) ?? { sent: 0, ok: 0, failed: 0, histogram: createHistogram() };
    this.#rows.set(name, row);
    return row;
  }
}

function noFigures(): Figures {
  return { sent: 0, ok: 0, failed: 0, latencyMs: createHistogram().latency() };
}
