import type { Row, Sql } from '../store/index.ts';
import type { Format, Notice } from './notice.ts';

/** An address that is told. */
export interface StoredWebhook {
  id: number;
  /** Sealed: it may be all that is needed to write into somebody's channel. */
  url: string;
  host: string;
  format: Format;
  /** Empty: all types. */
  types: string[];
  allowInside: boolean;
  /** ms since 1970. */
  addedAt: number;
  /** When it last took something; null: never. */
  toldAt: number | null;
  /** Why it did not take the last one; null: it did. */
  problem: string | null;
}

/** Something that an address has still to be told. */
export interface Waiting {
  id: number;
  webhook: number;
  /** The same at each attempt. */
  delivery: string;
  type: Notice['type'];
  body: string;
  at: number;
  attempts: number;
  due: number;
}

/** What waits for one address at most: beyond that the oldest go. */
const MOST_WAITING = 1000;

/** Webhooks and their queue, durable. */
export class NoticeStore {
  readonly sql: Sql;

  constructor(sql: Sql) {
    this.sql = sql;
  }

  webhooks(): StoredWebhook[] {
    return this.sql.all('SELECT * FROM webhooks ORDER BY id').map(webhookOf);
  }

  webhook(id: number): StoredWebhook | null {
    const row = this.sql.one('SELECT * FROM webhooks WHERE id = ?', id);
    return row === undefined ? null : webhookOf(row);
  }

  /** `seal` makes what is stored of the URL, once the number is known. */
  add(
    wish: Omit<StoredWebhook, 'id' | 'url' | 'toldAt' | 'problem'>,
    seal: (id: number) => string,
  ): StoredWebhook {
    const { host, format, types, allowInside, addedAt } = wish;
    return this.sql.transaction(() => {
      const { lastId } = this.sql.run(
        "INSERT INTO webhooks (url, host, format, types, allow_inside, added_at) VALUES ('', ?, ?, ?, ?, ?)",
        ...[host, format, JSON.stringify(types), Number(allowInside), addedAt],
      );
      this.sql.run('UPDATE webhooks SET url = ? WHERE id = ?', seal(lastId), lastId);
      return this.webhook(lastId)!;
    });
  }

  remove(id: number): boolean {
    return this.sql.run('DELETE FROM webhooks WHERE id = ?', id).changes > 0;
  }

  saveEnd(id: number, problem: string | null, now: number): void {
    if (problem === null)
      this.sql.run('UPDATE webhooks SET problem = NULL, told_at = ? WHERE id = ?', now, id);
    else this.sql.run('UPDATE webhooks SET problem = ? WHERE id = ?', problem, id);
  }

  enqueue({ webhook, delivery, type, body, at, due }: Omit<Waiting, 'id' | 'attempts'>): void {
    this.sql.run(
      'INSERT INTO notice_queue (webhook, delivery, type, body, at, attempts, due) VALUES (?, ?, ?, ?, ?, 0, ?)',
      ...[webhook, delivery, type, body, at, due],
    );
    this.sql.run(
      'DELETE FROM notice_queue WHERE webhook = ? AND id <= (SELECT max(id) FROM notice_queue WHERE webhook = ?) - ?',
      ...[webhook, webhook, MOST_WAITING],
    );
  }

  /** The next one of each address that nothing is sent to, soonest first. */
  next(busy: ReadonlySet<number>): Waiting[] {
    return this.sql
      .all('SELECT *, min(due) AS soonest FROM notice_queue GROUP BY webhook ORDER BY soonest, id')
      .map(waitingOf)
      .filter(({ webhook }) => !busy.has(webhook));
  }

  later(id: number, attempts: number, due: number): void {
    this.sql.run('UPDATE notice_queue SET attempts = ?, due = ? WHERE id = ?', attempts, due, id);
  }

  done(id: number): void {
    this.sql.run('DELETE FROM notice_queue WHERE id = ?', id);
  }

  waiting(webhook: number): number {
    return Number(this.sql.one('SELECT count(*) AS n FROM notice_queue WHERE webhook = ?', webhook)!.n);
  }
}

function webhookOf(row: Row): StoredWebhook {
  return {
    ...{ id: Number(row.id), url: String(row.url), host: String(row.host), format: row.format as Format },
    types: JSON.parse(String(row.types)),
    allowInside: row.allow_inside === 1,
    addedAt: Number(row.added_at),
    toldAt: row.told_at === null ? null : Number(row.told_at),
    problem: row.problem === null ? null : String(row.problem),
  };
}

function waitingOf(row: Row): Waiting {
  const { id, webhook, delivery, type, body, at, attempts, due } = row;
  return {
    ...{ id: Number(id), webhook: Number(webhook), delivery: String(delivery), body: String(body) },
    ...{ type: type as Waiting['type'], at: Number(at), attempts: Number(attempts), due: Number(due) },
  };
}
