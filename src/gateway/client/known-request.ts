import type { RequestHead } from '../framing/request-head.ts';
import type { RouteMap, RouteMatch, RouteMiss } from '../routing/routes.ts';
import { requestMembers } from '../telemetry/access-log.ts';
import type { DataPlane, Entry } from './data-plane.ts';
import { requestHeadText } from './forward-head.ts';
import { ReusedText } from './reused-text.ts';
import { route } from './route.ts';

/** Who sends, and by which listener. */
export interface Sender {
  readonly address: string;
  readonly entry: Entry;
  readonly plane: DataPlane;
}

/**
 * A request head with what follows from it for one client. A client that keeps its connection mostly repeats itself,
 * and the same bytes mean the same, so the connection keeps the last of these.
 */
export class KnownRequest {
  readonly head: RequestHead;
  private readonly sender: Sender;
  private match: RouteMatch | RouteMiss = 'unknown-path';
  private matchedBy: RouteMap | null = null;
  private matchedFor: string | null = null;
  private readonly text = new ReusedText();
  private textIsFor: RouteMatch | null = null;
  private readonly members = new ReusedText();
  private isLogged = false;

  constructor(head: RequestHead, sender: Sender) {
    this.head = head;
    this.sender = sender;
  }

  /** Where it goes by the present table. */
  route(): RouteMatch | RouteMiss {
    const { plane, entry } = this.sender;
    if (this.matchedBy === plane.routes && this.matchedFor === entry.service) return this.match;
    this.matchedBy = plane.routes;
    this.matchedFor = entry.service;
    this.match = route(this.head, this.sender);
    return this.match;
  }

  /** The head that an instance gets for `match`. */
  forwarded(match: RouteMatch, requestId: string): string {
    const text = this.textIsFor === match ? this.text.again() : this.text.become(this.textFor(match));
    this.textIsFor = match;
    return this.head.requestId === null ? `${text}X-Request-Id: ${requestId}\r\n\r\n` : `${text}\r\n`;
  }

  /** Its members of the line in the access log. */
  get logged(): string {
    if (this.isLogged) return this.members.again();
    this.isLogged = true;
    return this.members.become(requestMembers(this.head, this.sender.address));
  }

  private textFor(match: RouteMatch): string {
    const { address: clientAddress, entry } = this.sender;
    return requestHeadText(this.head, { match, clientAddress, protocol: entry.protocol });
  }
}
