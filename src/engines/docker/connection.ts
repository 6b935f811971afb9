import { setTimeout as pause } from 'node:timers/promises';
import { EscaleError } from '../../core/errors/index.ts';
import { type DockerApi, lines } from './api/index.ts';

/** What is used of an event of Docker. */
export interface DockerEvent {
  Action: string;
  Actor: { ID: string; Attributes: Record<string, string> };
}

export interface ConnectionParts {
  api: DockerApi;
  owner: string;
  /** The engine is there (again): events are heard from now on, and what happened before has to be looked up. */
  connected: () => Promise<void>;
  heard: (event: DockerEvent) => void;
}

/** How long a start waits for an engine that is just being started, ms. */
const PATIENCE_MS = 5000;
const AGAIN_MS = { first: 100, longest: 2000 };

/** The one long connection to Docker, by which its life and its containers' are known; made again for ever. */
export class Connection {
  /** Why there is none now. */
  private problem: Error | null = null;
  private readonly parts: ConnectionParts;
  private readonly abort = new AbortController();
  private isOpen = false;
  private isBegun = false;
  private waiting: (() => void)[] = [];

  constructor(parts: ConnectionParts) {
    this.parts = parts;
  }

  begin(): void {
    if (this.isBegun) return;
    this.isBegun = true;
    void this.keep();
  }

  /** Resolves once it was tried, and is open or not. */
  async tried(): Promise<void> {
    this.begin();
    if (!this.isOpen && this.problem === null) await this.news();
  }

  /** Resolves when it is open. Throws why it is not, after a while. */
  async open(): Promise<void> {
    this.begin();
    for (const until = Date.now() + PATIENCE_MS; !this.isOpen; ) {
      const left = until - Date.now();
      if (left <= 0) throw this.problem ?? new EscaleError('docker-away', 'Docker does not answer');
      // What is refused for good is not waited for.
      if (this.problem instanceof EscaleError && this.problem.code !== 'docker-away') throw this.problem;
      await Promise.race([this.news(), pause(left, undefined, { ref: false })]);
    }
  }

  close(): void {
    this.abort.abort();
  }

  private async keep(): Promise<void> {
    const { signal } = this.abort;
    for (let waitMs = AGAIN_MS.first; !signal.aborted; waitMs = Math.min(waitMs * 2, AGAIN_MS.longest)) {
      if (await this.listen()) waitMs = AGAIN_MS.first;
      await pause(waitMs, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  /** Whether it was open. */
  private async listen(): Promise<boolean> {
    const { api, owner, connected, heard } = this.parts;
    let wasOpen = false;
    try {
      api.renew();
      const filters = JSON.stringify({ type: ['container'], label: [`escale.owner=${owner}`] });
      const stream = await api.stream({
        ...{ method: 'GET', path: '/events', query: { filters } },
        ...{ timeoutMs: 0, signal: this.abort.signal },
      });
      // Events that come meanwhile are kept in the stream.
      await connected();
      wasOpen = true;
      this.become(true, null);
      for await (const event of lines<DockerEvent>(stream)) heard(event);
      this.become(false, new EscaleError('docker-away', `Docker at ${api.socket} has gone away`));
    } catch (error) {
      this.become(false, error as Error);
    }
    return wasOpen;
  }

  private become(isOpen: boolean, problem: Error | null): void {
    this.isOpen = isOpen;
    this.problem = problem;
    for (const wake of this.waiting.splice(0)) wake();
  }

  private news(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
