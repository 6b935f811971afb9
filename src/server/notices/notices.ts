import { createHmac, randomUUID } from 'node:crypto';
import type { EngineEvent } from '../../core/contracts/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import { outsideAddresses } from '../../host/index.ts';
import { seal, unseal } from '../../secrets/index.ts';
import type { Sql } from '../store/index.ts';
import {
  bodyOf,
  type Format,
  isNoticeType,
  LONGEST_MS,
  type Notice,
  pauseAfter,
  signatureOf,
} from './notice.ts';
import { NoticeStore, type StoredWebhook, type Waiting } from './notice-store.ts';
import { post } from './post.ts';

/** What may be said of a webhook. */
export interface WebhookView extends Omit<StoredWebhook, 'url'> {
  /** Notices that it has still to be told. */
  waiting: number;
}

export interface WebhookWish {
  url: string;
  format: Format;
  /** Empty: all types. */
  types: string[];
  allowInside: boolean;
}

export interface NoticesParts {
  sql: Sql;
  /** 32 bytes that URLs are sealed with and secrets are made of. */
  key: Buffer;
  /** Where people look. */
  pagesUrl: string;
  now: () => number;
  /** One was given up after a day. */
  gaveUp: (webhook: number, message: string) => void;
}

/** Sent to at once at most: one address that hangs must not keep the others waiting. */
const AT_ONCE = 8;
const MOST_WEBHOOKS = 50;

/** Tells addresses outside what happens here: from a durable queue, again and again for a day, never in anybody's way. */
export class Notices {
  private readonly parts: NoticesParts;
  private readonly store: NoticeStore;
  private readonly busy = new Set<number>();
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | null = null;
  private running = false;

  constructor(parts: NoticesParts) {
    this.parts = parts;
    this.store = new NoticeStore(parts.sql);
  }

  /** Sends from now on what waits. */
  resume(): void {
    this.running = true;
    this.look();
  }

  close(): void {
    this.running = false;
    this.stopping.abort();
    if (this.timer !== null) clearTimeout(this.timer);
  }

  /** An event of the control plane; most are nobody's business outside. */
  hear({ type, at, system, environment, release, message }: EngineEvent): void {
    if (isNoticeType(type)) this.tell({ type, at, system, environment, release, message });
  }

  /** Durable when it returns. What it tells of must not fail because nobody can be told: it never throws. */
  tell(notice: Omit<Notice, 'url'> & { url?: string }): void {
    try {
      const whole = { url: this.parts.pagesUrl, ...notice };
      const hears = ({ types }: StoredWebhook) => types.length === 0 || types.includes(notice.type);
      const webhooks = this.store.webhooks().filter(hears);
      this.parts.sql.transaction(() => {
        for (const webhook of webhooks) this.store.enqueue(this.waitingFor(webhook, whole));
      });
    } catch (error) {
      console.error(`a notice (${notice.type}) could not be kept: ${(error as Error).message}`);
    }
    this.look();
  }

  private waitingFor({ id, format }: StoredWebhook, notice: Notice): Omit<Waiting, 'id' | 'attempts'> {
    const { type } = notice;
    const at = this.parts.now();
    return { webhook: id, delivery: randomUUID(), type, body: bodyOf(notice, format), at, due: at };
  }

  /** Begins what is due, and wakes for what comes next. */
  private look(): void {
    if (!this.running) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    try {
      this.beginDue();
    } catch (error) {
      console.error(`notices wait: ${(error as Error).message}`);
      this.timer = setTimeout(() => this.look(), pauseAfter(1)).unref();
    }
  }

  private beginDue(): void {
    for (const waiting of this.store.next(this.busy)) {
      const wait = waiting.due - this.parts.now();
      if (this.busy.size >= AT_ONCE) return;
      if (wait > 0) {
        this.timer = setTimeout(() => this.look(), wait).unref();
        return;
      }
      this.busy.add(waiting.webhook);
      this.attempt(waiting)
        .catch((error: Error) => console.error(error.message))
        .finally(() => {
          this.busy.delete(waiting.webhook);
          this.look();
        });
    }
  }

  private async attempt(waiting: Waiting): Promise<void> {
    const webhook = this.store.webhook(waiting.webhook);
    if (webhook === null) return;
    const problem = await this.send(webhook, waiting);
    // The process ends: it was neither taken nor refused, and is sent again by the next one.
    if (this.stopping.signal.aborted) return;
    const now = this.parts.now();
    const attempts = waiting.attempts + 1;
    const due = now + pauseAfter(attempts);
    const isGivenUp = problem !== null && due - waiting.at >= LONGEST_MS;
    this.parts.sql.transaction(() => {
      this.store.saveEnd(webhook.id, isGivenUp ? `given up after a day: ${problem}` : problem, now);
      if (problem === null || isGivenUp) this.store.done(waiting.id);
      else this.store.later(waiting.id, attempts, due);
    });
    if (isGivenUp)
      this.parts.gaveUp(webhook.id, `${webhook.host} was not told of ${waiting.type} for a day: ${problem}`);
  }

  private send(
    webhook: StoredWebhook,
    { type, delivery, body }: Pick<Waiting, 'type' | 'delivery' | 'body'>,
  ) {
    const { id, allowInside } = webhook;
    const url = unseal(webhook.url, boundWords(id), this.parts.key);
    if (url === null) return Promise.resolve('its address can’t be decrypted: remove it and add it again');
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'Escale',
      'x-escale-event': type,
      'x-escale-delivery': delivery,
      'x-escale-signature-256': signatureOf(body, this.secretOf(id)),
    };
    return post({ url, allowInside, headers, body, signal: this.stopping.signal });
  }

  /** Numbers are never given again, so each has its own. */
  private secretOf(id: number): string {
    return createHmac('sha256', this.parts.key).update(`secret of webhook ${id}`).digest('base64url');
  }

  // ---- what people ask for

  list(): WebhookView[] {
    return this.store.webhooks().map((webhook) => this.viewOf(webhook));
  }

  /** Its secret is in the answer, this once. Throws `webhook-wrong`, `address-inside`, `address-unknown`. */
  async add({ url, format, types, allowInside }: WebhookWish): Promise<WebhookView & { secret: string }> {
    const { host, hostname } = checkedUrl(url, allowInside);
    await outsideAddresses(hostname, allowInside);
    if (this.store.webhooks().length >= MOST_WEBHOOKS)
      throw new EscaleError('webhook-wrong', `there are ${MOST_WEBHOOKS} webhooks already`);
    const wish = { host, format, types, allowInside, addedAt: this.parts.now() };
    const webhook = this.store.add(wish, (id) => seal(url, boundWords(id), this.parts.key));
    return { ...this.viewOf(webhook), secret: this.secretOf(webhook.id) };
  }

  /** What waits for it goes, too. Throws `webhook-unknown`. */
  remove(id: number): void {
    if (!this.store.remove(id)) throw unknown(id);
  }

  /** Sends a notice now, outside of the queue; null: it was taken, else why not. Throws `webhook-unknown`. */
  async test(id: number): Promise<string | null> {
    const webhook = this.store.webhook(id);
    if (webhook === null) throw unknown(id);
    const at = this.parts.now();
    const what = { system: '', environment: '', release: 0, message: 'This is a test of Escale.' };
    const notice = { type: 'test', at, url: this.parts.pagesUrl, ...what } as const;
    return this.send(webhook, this.waitingFor(webhook, notice));
  }

  private viewOf({ url: _, ...webhook }: StoredWebhook): WebhookView {
    return { ...webhook, waiting: this.store.waiting(webhook.id) };
  }
}

function boundWords(id: number): unknown[] {
  return ['escale webhook', id];
}

/** `http` only where it may be inside anyway: outside, everybody on the way would read it. */
function checkedUrl(text: string, allowInside: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const protocols = allowInside ? ['https:', 'http:'] : ['https:'];
  const problem =
    (url === null && 'it is no URL') ||
    (!protocols.includes(url!.protocol) && 'it does not begin with https://') ||
    ((url!.username !== '' || url!.password !== '') && 'it has a name or a password in it') ||
    (text.length > 2048 && 'it is longer than 2048 characters');
  if (problem) throw new EscaleError('webhook-wrong', `the address can’t be used: ${problem}`);
  return url!;
}

function unknown(id: number): EscaleError {
  return new EscaleError('webhook-unknown', `there is no webhook ${id}`);
}
