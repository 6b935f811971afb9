import { WebSocket } from 'ws';
import type { FailureKind } from './result.ts';
import type { SocketOptions } from './sockets.ts';

const everyMs = 500;
const goodbyeMs = 2000;

/** One WebSocket from its handshake to its end, all of it recorded. */
export class EchoSocket {
  #options: SocketOptions;
  #socket: WebSocket;
  #startedAt = Date.now();
  #openedAt: number | null = null;
  #ending = false;
  #echoes = 0;
  /** What was sent and has not come back, oldest first. */
  #waiting: { text: string; at: number }[] = [];
  #beat: NodeJS.Timeout | undefined;

  /** `ended` is called once, with whether the handshake had succeeded. */
  constructor(options: SocketOptions, ended: (wasOpen: boolean) => void) {
    const { target, timeoutMs, recorder } = options;
    this.#options = options;
    this.#socket = new WebSocket(`ws://${target.host}:${target.port}/ws/echo`, {
      headers: { host: target.hostHeader },
      perMessageDeflate: false,
      handshakeTimeout: timeoutMs,
    });
    recorder.sent('websocket', 0);
    this.#socket.on('open', () => this.#open());
    this.#socket.on('message', (message) => this.#receive(message.toString()));
    this.#socket.on('error', (error) => this.#error(error));
    this.#socket.on('close', (code, reason) => {
      this.#close(code, reason.toString());
      ended(this.#openedAt !== null);
    });
  }

  /** Closes it (1000), cut after 2 s; resolves when it has ended. */
  end(): Promise<void> {
    this.#ending = true;
    return new Promise((resolve) => {
      const cut = setTimeout(() => this.#socket.terminate(), goodbyeMs);
      this.#socket.once('close', () => {
        clearTimeout(cut);
        resolve();
      });
      this.#socket.close(1000);
    });
  }

  #open(): void {
    this.#openedAt = Date.now();
    this.#options.recorder.socketOpened();
    this.#options.recorder.ok('websocket', this.#openedAt - this.#startedAt);
    this.#beat = setInterval(() => this.#ask(), everyMs);
  }

  #ask(): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    const oldest = this.#waiting[0];
    if (oldest && Date.now() - oldest.at > this.#options.timeoutMs) {
      this.#fail('timeout', `no echo in ${this.#options.timeoutMs} ms`);
      this.#socket.terminate();
      return;
    }
    const text = `${this.#echoes} ${Math.random()}`;
    this.#waiting.push({ text, at: Date.now() });
    this.#socket.send(text);
  }

  #receive(text: string): void {
    if (this.#waiting.shift()?.text !== text) this.#fail('wrong-body', 'not the echo');
    this.#echoes++;
    this.#options.recorder.socketEchoed();
  }

  /** After the handshake an error is followed by the end, which tells it. */
  #error(error: NodeJS.ErrnoException): void {
    if (this.#openedAt === null && !this.#ending) this.#fail(kindOf(error), error.message);
  }

  #close(code: number, reason: string): void {
    clearInterval(this.#beat);
    if (this.#openedAt === null) return;
    const at = Date.now();
    this.#options.recorder.socketEnded({
      code,
      reason,
      at,
      lastedMs: at - this.#openedAt,
      echoes: this.#echoes,
      unanswered: this.#waiting.length,
      byClient: this.#ending,
    });
  }

  #fail(kind: FailureKind, detail: string): void {
    const dueAt = this.#waiting[0]?.at ?? this.#startedAt;
    this.#options.recorder.failed({
      kind,
      request: 'websocket',
      idempotent: true,
      at: Date.now(),
      dueAt,
      detail,
    });
  }
}

function kindOf(error: NodeJS.ErrnoException): FailureKind {
  const status = /Unexpected server response: (\d{3})/.exec(error.message)?.[1];
  if (status) return `status-${Number(status)}`;
  if (/timed out/.test(error.message)) return 'timeout';
  return error.code === 'ECONNREFUSED' ? 'refused' : 'reset-before-answer';
}
