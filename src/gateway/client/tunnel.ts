import type { Socket } from 'node:net';
import type { ResponseHead } from '../framing/response-head.ts';
import type { UpstreamConnection, UpstreamUser } from '../upstream/connection.ts';
import type { Instance, Load } from '../upstream/instance.ts';
import type { Service } from '../upstream/service.ts';
import type { ClientConnection } from './connection.ts';
import { switchHeadText } from './forward-head.ts';
import { closeFrame, FrameTracker } from './websocket.ts';
import { writeTogether } from './write.ts';

/** RFC 6455, 7.4.1: the server is going away. */
const GOING_AWAY = 1001;

export interface TunnelEnds {
  client: ClientConnection;
  upstream: UpstreamConnection;
  instance: Instance;
  service: Service;
}

/** An upgraded connection: bytes go through as they are; a WebSocket can be closed between two frames. */
export class Tunnel implements UpstreamUser, Load {
  private readonly ends: TunnelEnds;
  private readonly client: Socket;
  private readonly upstream: Socket;
  private readonly protocol: string;
  private readonly isWebSocket: boolean;
  private readonly toClient = new FrameTracker();
  private readonly toInstance = new FrameTracker();
  private isCut = false;
  private clientIsClosed = false;
  private instanceIsClosed = false;
  private isOver = false;

  constructor(ends: TunnelEnds, protocol: string) {
    this.ends = ends;
    this.client = ends.client.socket;
    this.upstream = ends.upstream.socket;
    this.protocol = protocol;
    this.isWebSocket = protocol === 'websocket';
    ends.upstream.user = this;
    ends.instance.tunnels.add(this);
    ends.instance.counts.upgrades++;
    ends.service.counts.upgrades++;
  }

  /** Tells the client of the change; `rest` are the bytes that came behind the instance's 101. */
  begin(response: ResponseHead, rest: Buffer): void {
    this.client.write(switchHeadText(response, this.protocol), 'latin1');
    if (rest.length > 0) this.received(rest, rest.length);
    if (this.ends.instance.tunnelsAreOver) this.cut();
  }

  fromClient(bytes: Buffer): void {
    if (this.instanceIsClosed || this.isOver) return;
    const range = { start: 0, end: bytes.length };
    const end = this.isWebSocket ? this.toInstance.feed(bytes, range, this.isCut) : bytes.length;
    if (!this.upstream.write(bytes.subarray(0, end))) this.client.pause();
    if (this.isCut && this.toInstance.atBoundary) this.closeInstance();
  }

  clientEnded(): void {
    if (this.upstream.writable) this.upstream.end();
    this.ends.client.wait(this.ends.client.plane.limits.halfClosedMs);
  }

  clientWritable(): void {
    this.ends.upstream.resume();
  }

  clientGone(): void {
    this.over();
  }

  expired(): void {
    this.over();
  }

  /** Ends it: a WebSocket with a close frame (1001) between two frames of each direction, others at once. */
  cut(): void {
    if (this.isCut || this.isOver) return;
    this.isCut = true;
    this.ends.client.wait(this.ends.client.plane.limits.lingerMs);
    if (!this.isWebSocket || this.toClient.atBoundary) this.closeClient();
    if (!this.isWebSocket || this.toInstance.atBoundary) this.closeInstance();
  }

  // UpstreamUser

  connected(): void {}

  received(buffer: Buffer, length: number): boolean {
    if (this.clientIsClosed || this.isOver) return true;
    const end = this.isWebSocket ? this.toClient.feed(buffer, { start: 0, end: length }, this.isCut) : length;
    const accepted = writeTogether(this.client, '', { buffer, start: 0, end });
    if (this.isCut && this.toClient.atBoundary) this.closeClient();
    return accepted;
  }

  writable(): void {
    this.client.resume();
  }

  ended(): void {
    if (!this.clientIsClosed) this.client.end();
    this.ends.client.wait(this.ends.client.plane.limits.lingerMs);
  }

  closed(error: NodeJS.ErrnoException | null): void {
    if (error !== null && !this.isCut) this.client.destroy();
    this.ended();
    this.leave();
  }

  private closeClient(): void {
    this.clientIsClosed = true;
    if (this.isWebSocket && !this.toClient.sawClose) this.client.end(closeFrame(GOING_AWAY, false));
    else this.client.end();
  }

  private closeInstance(): void {
    this.instanceIsClosed = true;
    if (this.isWebSocket && !this.toInstance.sawClose) this.upstream.end(closeFrame(GOING_AWAY, true));
    else this.upstream.end();
  }

  private over(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.ends.upstream.destroy();
    this.client.destroy();
    this.leave();
  }

  private leave(): void {
    const { instance, service } = this.ends;
    if (!instance.tunnels.delete(this)) return;
    instance.counts.upgrades--;
    service.counts.upgrades--;
    instance.left();
  }
}
