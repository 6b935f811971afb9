import type { Socket } from 'node:net';
import type { RouteMatch } from '../routing/routes.ts';
import type { ClientConnection } from './connection.ts';
import type { KnownRequest } from './known-request.ts';
import { writeRequest } from './write.ts';

/** Sends one request, from the start or again, and keeps what has come of its body as long as that is possible. */
export class RequestSender {
  bytesIn = 0;
  private readonly client: ClientConnection;
  private readonly request: KnownRequest;
  /** Null: too much of the body came after it was sent, or nobody will ask for it again. */
  private parts: (Buffer | string)[] | null = [];
  private keptBytes = 0;
  /** Bytes given to the present connection. */
  private givenBytes = 0;
  private saidContinue = false;

  constructor(client: ClientConnection, request: KnownRequest) {
    this.client = client;
    this.request = request;
  }

  get canReplay(): boolean {
    return this.parts !== null;
  }

  /** Writes the head and what is there of the body, as one write; reads on from the client. */
  send(socket: Socket, match: RouteMatch, terms: { requestId: string; wantsBody: boolean }): void {
    const text = this.request.forwarded(match, terms.requestId);
    this.givenBytes = text.length + this.keptBytes;
    writeRequest(socket, text, this.parts ?? []);
    this.trim();
    if (!terms.wantsBody) return;
    this.sayContinue();
    this.client.socket.resume();
  }

  /** Not a byte has left this process yet (the burst is not over): an instance can't have acted on it. */
  isUnsent(socket: Socket): boolean {
    return socket.writableCorked > 0 && socket.writableLength >= this.givenBytes;
  }

  /** Passes more of the body on; false: wait until the instance has taken it. Without a socket it is thrown away. */
  pass(bytes: Buffer | string, socket: Socket | undefined): boolean {
    if (this.parts !== null) this.keep(bytes);
    this.trim();
    this.givenBytes += bytes.length;
    return socket?.write(bytes as Buffer, 'latin1') ?? true;
  }

  /** Keeps more of the body until it can be sent; false: enough for now. */
  keep(bytes: Buffer | string): boolean {
    this.parts?.push(bytes);
    this.keptBytes += bytes.length;
    return this.keptBytes <= this.client.plane.limits.replayBytes;
  }

  /** The answer has begun: it will never be sent again. */
  forget(): void {
    this.parts = null;
  }

  private trim(): void {
    if (this.keptBytes > this.client.plane.limits.replayBytes) this.parts = null;
  }

  private sayContinue(): void {
    if (!this.request.head.expectsContinue || this.saidContinue || this.bytesIn > 0) return;
    this.saidContinue = true;
    this.client.socket.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1');
  }
}
