import { connect, type Socket } from 'node:net';
import { type Answer, AnswerReader } from './answer-reader.ts';
import type { FailureKind } from './result.ts';

/** Where the load goes; `hostHeader` chooses the route. */
export interface Target {
  host: string;
  port: number;
  hostHeader: string;
}

/** Why a request got no answer. */
export class RequestFailure extends Error {
  kind: FailureKind;

  constructor(kind: FailureKind, detail: string) {
    super(detail);
    this.kind = kind;
  }
}

/** One connection, for one request at a time. Nothing is ever sent again. */
export class Connection {
  #socket: Socket;
  #current: Exchange | null = null;
  #open = true;
  #connected = false;
  #failure = 'closed by the server';

  constructor({ host, port }: Target) {
    this.#socket = connect({ host, port, noDelay: true });
    this.#socket.on('connect', () => {
      this.#connected = true;
    });
    this.#socket.on('data', (bytes: Buffer) => this.#receive(bytes));
    this.#socket.on('end', () => this.#end());
    this.#socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#failure = error.code ?? error.message;
    });
    this.#socket.on('close', () => this.#end());
  }

  /** Whether it can carry another request; one that the server closed while idle can't. */
  get usable(): boolean {
    return this.#open && this.#current === null;
  }

  /** Sends the bytes of a request; rejects with a `RequestFailure`. */
  ask(bytes: Buffer, timeoutMs: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#fail('timeout', `no complete answer in ${timeoutMs} ms`),
        timeoutMs,
      );
      this.#current = { reader: new AnswerReader(), begun: false, timer, resolve, reject };
      if (this.#open) this.#socket.write(bytes);
      else this.#fail('reset-before-answer', this.#failure);
    });
  }

  close(): void {
    this.#open = false;
    this.#socket.destroy();
  }

  #receive(bytes: Buffer): void {
    if (this.#current === null) {
      this.close();
      return;
    }
    this.#current.begun = true;
    const { reader } = this.#current;
    this.#attempt(() => reader.push(bytes));
  }

  #end(): void {
    this.#open = false;
    this.#socket.destroy();
    const current = this.#current;
    if (current === null) return;
    this.#attempt(() => current.reader.end());
    if (this.#current === null) return;
    if (current.begun) this.#fail('truncated', this.#failure);
    else this.#fail(this.#connected ? 'reset-before-answer' : 'refused', this.#failure);
  }

  #attempt(read: () => Answer | null): void {
    try {
      const answer = read();
      if (answer) this.#succeed(answer);
    } catch (error) {
      this.#fail('malformed', (error as Error).message);
    }
  }

  #succeed(answer: Answer): void {
    const { resolve, timer } = this.#current!;
    clearTimeout(timer);
    this.#current = null;
    if (!answer.keepAlive) this.close();
    resolve(answer);
  }

  #fail(kind: FailureKind, detail: string): void {
    const { reject, timer } = this.#current!;
    clearTimeout(timer);
    this.#current = null;
    this.close();
    reject(new RequestFailure(kind, detail));
  }
}

interface Exchange {
  reader: AnswerReader;
  /** Whether a byte of the answer has come. */
  begun: boolean;
  timer: NodeJS.Timeout;
  resolve: (answer: Answer) => void;
  reject: (failure: RequestFailure) => void;
}
