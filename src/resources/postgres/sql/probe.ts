import type { ResourceAt } from '../../../core/contracts/index.ts';
import { reasonFor } from './away.ts';
import { type Door, doorOf } from './door.ts';
import { openSession } from './session.ts';

const CONNECT_MS = 3000;
const ANSWER_MS = 1500;

/** Null when it answers a real query of its users' role, otherwise why not. */
export async function probe(at: ResourceAt): Promise<string | null> {
  let door: Door;
  try {
    door = doorOf(at, 'owner');
  } catch (error) {
    return (error as Error).message;
  }
  try {
    await askOne(door);
    return null;
  } catch (error) {
    return reasonFor(error, door);
  }
}

async function askOne(door: Door): Promise<void> {
  const session = await openSession(door, { connectMs: CONNECT_MS, longestMs: ANSWER_MS });
  try {
    await session.run({ sql: 'SELECT 1' });
  } finally {
    session.close();
  }
}
