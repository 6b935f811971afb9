import { fetchTodos, Refused, send } from './api.js';
import { readOperations, readTodos, withKeys, writeOperations, writeTodos } from './mirror.js';

/** Waits before the next attempt while offline, ms; the last one repeats. */
const pauses = [500, 1000, 2000, 4000, 8000];

/**
 * Sends what is not sent yet, in order, then takes over what the server has. While the server can't be had it tries
 * again by itself.
 * @param {{ changed: () => void, connection: (online: boolean) => void, refused: (detail: string) => void }} tell
 * @returns {() => void} asks for a round; one that is under way is followed by another
 */
export function createSync(tell) {
  let running = false;
  let again = false;
  let failures = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const round = async () => {
    clearTimeout(timer);
    if (running) {
      again = true;
      return;
    }
    running = true;
    again = false;
    try {
      await alone(() => exchange(tell));
      failures = 0;
      tell.connection(true);
    } catch {
      tell.connection(false);
      timer = setTimeout(round, pauses[Math.min(failures++, pauses.length - 1)]);
    }
    running = false;
    if (again) round();
  };
  return round;
}

/** Only one tab sends at a time. @param {() => Promise<void>} task */
function alone(task) {
  return navigator.locks ? navigator.locks.request('tasks-sync', task) : task();
}

/** @param {{ changed: () => void, refused: (detail: string) => void }} tell */
async function exchange(tell) {
  for (let [next] = readOperations(); next; [next] = readOperations()) await sendOne(next, tell.refused);
  const rows = await fetchTodos();
  if (readOperations().length > 0) return;
  writeTodos(withKeys(rows));
  tell.changed();
}

/**
 * @param {import('./mirror.js').Operation} operation
 * @param {(detail: string) => void} refused
 */
async function sendOne(operation, refused) {
  try {
    const todo = isPointless(operation) ? null : await send(operation);
    if (operation.kind === 'add' && todo) giveId(operation.key, todo.id);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.status !== 404) refused(error.message);
  }
  writeOperations(readOperations().filter(({ name }) => name !== operation.name));
}

/** A change of a to-do whose adding was refused. @param {import('./mirror.js').Operation} operation */
function isPointless({ kind, id }) {
  return kind !== 'add' && id === null;
}

/** @param {string} wanted @param {number} id */
function giveId(wanted, id) {
  writeTodos(readTodos().map((todo) => (todo.key === wanted ? { ...todo, id } : todo)));
  writeOperations(readOperations().map((one) => (one.key === wanted ? { ...one, id } : one)));
}
