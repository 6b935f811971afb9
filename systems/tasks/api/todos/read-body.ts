import { Refusal } from '../problem.ts';

/** What a client may say of a todo. */
export interface Changes {
  title?: string;
  completed?: boolean;
  order?: number | null;
}

const longestTitle = 1000;

/** The fields of a body that are a todo's, checked. Throws `Refusal` 422 that names the first that is wrong. */
export function readChanges(body: unknown): Changes {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Refusal(422, 'expected a JSON object');
  const { title, completed, order } = body as Record<string, unknown>;
  return {
    ...(title !== undefined && { title: readTitle(title) }),
    ...(completed !== undefined && { completed: readCompleted(completed) }),
    ...(order !== undefined && { order: readOrder(order) }),
  };
}

/** What a client says of a new todo; under the same `key` it is added once, however often it is sent. */
export type New = Changes & { title: string; key?: string };

/** The same, of a body that must have a title and may have a key. */
export function readNew(body: unknown): New {
  const { title, ...rest } = readChanges(body);
  if (title === undefined) throw new Refusal(422, 'title: required');
  const { key } = body as Record<string, unknown>;
  return { title, ...rest, ...(key !== undefined && { key: readKey(key) }) };
}

function readKey(key: unknown): string {
  if (typeof key === 'string' && /^[\x21-\x7e]{1,100}$/.test(key)) return key;
  throw new Refusal(422, 'key: expected 1 to 100 printable ASCII characters');
}

function readTitle(title: unknown): string {
  if (typeof title !== 'string') throw new Refusal(422, 'title: expected a string');
  if (title.trim() === '') throw new Refusal(422, 'title: must not be blank');
  if (title.length > longestTitle) throw new Refusal(422, `title: at most ${longestTitle} characters`);
  if (title.includes('\0')) throw new Refusal(422, 'title: must not hold the character U+0000');
  return title;
}

function readCompleted(completed: unknown): boolean {
  if (typeof completed === 'boolean') return completed;
  throw new Refusal(422, 'completed: expected true or false');
}

function readOrder(order: unknown): number | null {
  const fits = typeof order === 'number' && Number.isInteger(order) && Math.abs(order) < 2 ** 31;
  if (order === null || fits) return order;
  throw new Refusal(422, 'order: expected an integer of 32 bits or null');
}
