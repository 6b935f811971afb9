import { Client, type ClientConfig } from 'pg';
import { EscaleError } from '../../../core/errors/index.ts';
import { type Door, placeOf } from './door.ts';
import { type Answer, Statement, type StatementText } from './statement.ts';

/** An open connection. */
export interface Session {
  /** Rejects with the server's `DatabaseError`, or a plain `Error` when the connection breaks or time is up. */
  run(text: StatementText): Promise<Answer>;
  /** pg's own, for other protocols. */
  client: Client;
  /** At once; a transaction that is open is rolled back by the server. */
  close(): void;
}

export interface SessionOptions {
  /** Until it is open, ms. */
  connectMs: number;
  /** From its opening until it is closed by force, ms. */
  longestMs: number;
  replication?: boolean;
}

/** Opens one. Rejects with the server's `DatabaseError`, or a system's error (`ECONNREFUSED`). */
export async function openSession(door: Door, options: SessionOptions): Promise<Session> {
  const deadline = performance.now() + options.connectMs;
  for (const [index, tls] of door.tls.entries()) {
    try {
      const left = Math.max(1, deadline - performance.now());
      return await openOnce(door, { ...options, connectMs: left, tls });
    } catch (error) {
      if (index === door.tls.length - 1 || !isAboutTls(error)) throw error;
    }
  }
  throw new Error(`no way into ${placeOf(door)}`);
}

async function openOnce(
  door: Door,
  { connectMs, longestMs, replication, tls }: SessionOptions & { tls: ClientConfig['ssl'] },
): Promise<Session> {
  const { host, port, user, password, database, options } = door;
  const client = new Client({
    ...{ host, port, user, database, options },
    // Not a text: without a password pg would look for one in files of whoever runs Escale.
    password: () => password,
    ssl: tls,
    application_name: 'escale',
    connectionTimeoutMillis: connectMs,
    ...(replication ? { replication: 'true' } : {}),
  });
  // What breaks an idle connection is told by the next statement.
  client.on('error', () => {});
  await client.connect();
  const timer = setTimeout(() => client.connection.stream.destroy(new Error('timeout expired')), longestMs);
  const rows = boundRows(client);
  return {
    client,
    run: (text) =>
      new Promise<Answer>((resolve, reject) => {
        rows.next();
        void client.query(new Statement(text, { resolve, reject, row: rows.next }));
      }).finally(rows.end),
    close: () => {
      clearTimeout(timer);
      client.end().catch(() => {});
    },
  };
}

/** A row is whole in memory before anybody sees it, several times over, and pg's client does not survive one of 512 MB. */
const MOST_ROW_BYTES = 64 * 1024 * 1024;

/** Breaks the connection where one row of a statement is too large; other protocols are not bounded. */
function boundRows({ connection: { stream } }: Client): { next(): void; end(): void } {
  let bytes = Number.NEGATIVE_INFINITY;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MOST_ROW_BYTES) return;
    const message = `a row of the answer has more than ${MOST_ROW_BYTES >> 20} MB`;
    const next = 'Ask for a part of it, such as left(text, 1000).';
    stream.destroy(new EscaleError('database-refused', message, { next }));
  });
  return {
    next: () => {
      bytes = 0;
    },
    end: () => {
      bytes = Number.NEGATIVE_INFINITY;
    },
  };
}

/** Whether another way could help: the server has no TLS, or insists on it (28000 is also how pg_hba.conf says so). */
function isAboutTls(error: unknown): boolean {
  const { code, message } = error as { code?: string; message: string };
  return message.includes('does not support SSL') || (code === '28000' && message.includes('no encryption'));
}
