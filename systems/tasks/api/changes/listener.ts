import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';

export interface ListenerOptions {
  connectionString: string;
  /** Called with the list that changed; null: any may have, as the connection was away. */
  heard: (list: string | null) => void;
  signal: AbortSignal;
}

const channel = 'todos';
/** Waits between attempts, ms; the last one repeats. */
const pauses = [100, 300, 1000, 3000];
/** A connection can die without a word, so it is asked this often, ms. */
const checkEvery = 15_000;

/** Listens to the database's notifications, connecting again whenever the connection is lost, until the signal. */
export async function listen(options: ListenerOptions): Promise<void> {
  for (let attempt = 0; !options.signal.aborted; attempt++) {
    const listened = await listenOnce(options);
    if (listened) attempt = 0;
    await pause(pauses[Math.min(attempt, pauses.length - 1)]!, options.signal);
  }
}

/** Resolves when the connection is gone: whether it had been made at all. */
async function listenOnce({ connectionString, heard, signal }: ListenerOptions): Promise<boolean> {
  const client = new Client({
    connectionString,
    connectionTimeoutMillis: 5000,
    query_timeout: 5000,
    keepAlive: true,
  });
  const gone = new Promise<void>((resolve) => client.on('end', resolve).on('error', () => resolve()));
  const leave = () => void client.end().catch(() => {});
  signal.addEventListener('abort', leave, { once: true });
  let listened = false;
  try {
    await client.connect();
    client.on('notification', ({ payload }) => heard(payload ?? ''));
    await client.query(`listen ${channel}`);
    listened = true;
    heard(null);
    await untilGone(client, gone);
  } catch (error) {
    if (!signal.aborted) console.error(`changes are not heard: ${(error as Error).message}`);
  } finally {
    signal.removeEventListener('abort', leave);
    leave();
  }
  return listened;
}

async function untilGone(client: Client, gone: Promise<void>): Promise<void> {
  const failed = Promise.withResolvers<never>();
  const timer = setInterval(() => client.query('select 1').catch(failed.reject), checkEvery).unref();
  await Promise.race([gone, failed.promise]).finally(() => clearInterval(timer));
}

/** Ends early at the signal. */
async function pause(time: number, signal: AbortSignal): Promise<void> {
  await setTimeout(time, undefined, { signal }).catch(() => {});
}
