import type { DatabaseError } from 'pg';
import type { ResourceAt } from '../../../core/contracts/index.ts';
import { EscaleError } from '../../../core/errors/index.ts';
import { isAway, reasonFor } from './away.ts';
import { type Door, doorOf, type Role } from './door.ts';
import { openSession, type Session } from './session.ts';

const CONNECT_MS = 5000;
/** What the way there and back, and the statements around, may take beyond the statement itself. */
const MARGIN_MS = 5000;

export interface Entry {
  role: Role;
  /** Of each statement, ms. */
  timeoutMs: number;
}

/** Works with a connection that ends with the work. Throws `database-refused` and `database-away`. */
export async function enter<T>(
  at: ResourceAt,
  { role, timeoutMs }: Entry,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const door = doorFor(at, role);
  const session = await open(at, door, timeoutMs);
  try {
    return await work(session);
  } catch (error) {
    if (error instanceof EscaleError) throw error;
    throw isAway(error) ? away(at, door, error) : refused(at, error as DatabaseError, timeoutMs);
  } finally {
    session.close();
  }
}

/** The same in a transaction that can't write, which is never committed. */
export function enterReadOnly<T>(
  at: ResourceAt,
  timeoutMs: number,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  return enter(at, { role: 'reader', timeoutMs }, async (session) => {
    await session.run({ sql: 'BEGIN TRANSACTION READ ONLY' });
    // The first query of a transaction also settles that it stays read-only.
    await session.run({ ...timeout(timeoutMs, true) });
    return work(session);
  });
}

/** Ends each statement that takes longer: of the transaction, or of the connection. */
export function timeout(ms: number, isLocal: boolean): { sql: string; values: string[] } {
  return {
    sql: `SELECT pg_catalog.set_config('statement_timeout', $1, ${isLocal})`,
    values: [String(ms)],
  };
}

function doorFor(at: ResourceAt, role: Role): Door {
  try {
    return doorOf(at, role);
  } catch (error) {
    if (error instanceof EscaleError) throw error;
    throw new EscaleError('database-away', `${at.name}: ${(error as Error).message}`, { place: at.name });
  }
}

async function open(at: ResourceAt, door: Door, timeoutMs: number): Promise<Session> {
  try {
    return await openSession(door, { connectMs: CONNECT_MS, longestMs: timeoutMs + MARGIN_MS });
  } catch (error) {
    throw away(at, door, error);
  }
}

function away({ name }: ResourceAt, door: Door, error: unknown): EscaleError {
  return new EscaleError('database-away', `${name}: ${reasonFor(error, door)}`, { place: name });
}

const TIMEOUT = '57014';
const READ_ONLY = '25006';

function refused({ name }: ResourceAt, error: DatabaseError, timeoutMs: number): EscaleError {
  const { code, message, position, detail, hint } = error;
  const said = code === TIMEOUT ? `it took longer than ${timeoutMs / 1000} s and was ended` : message;
  return new EscaleError('database-refused', said, {
    place: name,
    ...(code === READ_ONLY ? { next: 'To change something, ask for it: `escale db … --write`.' } : {}),
    details: { sqlstate: code, position: position === undefined ? null : Number(position), detail, hint },
  });
}
