import { connect, type Socket } from 'node:net';
import type { Address, Probe } from '../../core/contracts/index.ts';
import { authorityOf, connectOptions, isUnreachable } from './address.ts';
import type { ProbeOutcome } from './readiness.ts';

export interface Probing {
  address: Address;
  probe: Probe;
  /** Hears of every outcome and gives the delay until the next probe, ms. */
  heard(outcome: ProbeOutcome): number;
}

/** Probes one instance again and again until it is stopped. */
export class Prober {
  private readonly probing: Probing;
  private timer: NodeJS.Timeout | null = null;
  private cancel: (() => void) | null = null;
  private wantsAnother = false;
  private stopped = false;

  constructor(probing: Probing) {
    this.probing = probing;
    this.probeNow();
  }

  /** Probes at once; when a probe is under way, once more right after it. */
  probeNow(): void {
    if (this.stopped) return;
    if (this.cancel !== null) {
      this.wantsAnother = true;
      return;
    }
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.cancel = probeOnce(this.probing.address, this.probing.probe, (outcome) => this.finish(outcome));
  }

  stop(): void {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.cancel?.();
  }

  private finish(outcome: ProbeOutcome): void {
    this.cancel = null;
    if (this.stopped) return;
    const delay = this.probing.heard(outcome);
    if (this.stopped) return;
    const isUrgent = this.wantsAnother;
    this.wantsAnother = false;
    this.timer = setTimeout(() => this.probeNow(), isUrgent ? 0 : delay);
  }
}

/** One probe. The returned function gives it up without an outcome. */
export function probeOnce(address: Address, probe: Probe, done: (outcome: ProbeOutcome) => void): () => void {
  const socket = connect(connectOptions(address));
  const what = probe.path === null ? 'TCP connect' : `GET ${probe.path}`;
  let report: typeof done | null = done;
  const settle = (outcome: ProbeOutcome): void => {
    report?.(outcome);
    report = null;
  };
  const timer = setTimeout(() => {
    const unreachable = socket.connecting;
    settle({
      passed: false,
      refused: false,
      unreachable,
      reason: `${what}: no answer in ${probe.timeoutMs} ms`,
    });
    socket.destroy();
  }, probe.timeoutMs);
  socket.on('error', (error: NodeJS.ErrnoException) => settle(failureOf(error, what)));
  socket.on('close', () => {
    clearTimeout(timer);
    settle(failed(`${what}: no HTTP answer`));
  });
  if (probe.path === null)
    socket.on('connect', () => settle({ passed: true })).on('connect', () => socket.destroy());
  else ask(socket, { path: probe.path, host: authorityOf(address) }, settle);
  return () => {
    report = null;
    socket.destroy();
  };
}

// The answer's head decides; the rest is read too, so that the instance does not see its probes broken off.
function ask(
  socket: Socket,
  request: { path: string; host: string },
  settle: (outcome: ProbeOutcome) => void,
): void {
  let start = '';
  socket.on('connect', () => {
    socket.write(
      `GET ${request.path} HTTP/1.1\r\nHost: ${request.host}\r\nUser-Agent: escale-gateway\r\nConnection: close\r\n\r\n`,
    );
  });
  socket.on('data', (chunk: Buffer) => {
    if (start.length < 64) start += chunk.toString('latin1', 0, 64);
    if (start.includes('\r\n')) settle(judgeAnswer(start, request.path));
  });
}

function judgeAnswer(start: string, path: string): ProbeOutcome {
  const status = /^HTTP\/1\.[01] ([0-9]{3})[ \r]/.exec(start)?.[1];
  if (status === undefined) return failed(`GET ${path}: no HTTP answer`);
  if (status.startsWith('2')) return { passed: true };
  return failed(`GET ${path} answered ${status}`);
}

function failed(reason: string): ProbeOutcome {
  return { passed: false, refused: false, unreachable: false, reason };
}

function failureOf(error: NodeJS.ErrnoException, what: string): ProbeOutcome {
  const refused = error.code === 'ECONNREFUSED' || error.code === 'ENOENT';
  return {
    passed: false,
    refused,
    unreachable: isUnreachable(error),
    reason: refused ? 'nothing listens there' : `${what}: ${error.code ?? error.message}`,
  };
}
