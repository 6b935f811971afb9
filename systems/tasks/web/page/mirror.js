/**
 * What the page knows, kept in `localStorage`: the to-dos as they should be, and the changes not sent yet. It is read
 * anew each time, so that the tabs of a browser share it.
 *
 * @typedef {object} Todo
 * @property {string} key what the page calls it, from before it has an id on
 * @property {number | null} id null: the server doesn't know it yet
 * @property {string} title
 * @property {boolean} completed
 *
 * @typedef {object} Operation
 * @property {string} name its own
 * @property {'add' | 'change' | 'remove'} kind
 * @property {string} key
 * @property {number | null} id
 * @property {{ title?: string, completed?: boolean }} body
 */

import { list } from './config.js';

const suffix = list === '' ? '' : `:${list}`;
/** For the to-dos, the name under which TodoMVC's own page tests look. */
const todosKey = `react-todos${suffix}`;
const operationsKey = `tasks-unsent${suffix}`;

/** @type {() => Todo[]} */
export const readTodos = () => read(todosKey);
/** @type {(todos: Todo[]) => void} */
export const writeTodos = (todos) => localStorage.setItem(todosKey, JSON.stringify(todos));
/** @type {() => Operation[]} */
export const readOperations = () => read(operationsKey);
/** @type {(operations: Operation[]) => void} */
export const writeOperations = (operations) =>
  localStorage.setItem(operationsKey, JSON.stringify(operations));

/** Whether this browser has shown this list before. */
export const isKnown = () => localStorage.getItem(todosKey) !== null;

/** Calls back when another tab has changed what is kept.
 * @param {() => void} callback */
export function onOtherTab(callback) {
  addEventListener('storage', ({ key }) => {
    if (key === todosKey || key === operationsKey) callback();
  });
}

/**
 * The to-dos as the server tells them, each under the key that it had.
 * @param {unknown[]} rows
 * @returns {Todo[]}
 */
export function withKeys(rows) {
  const keys = new Map(readTodos().map(({ id, key }) => [id, key]));
  return /** @type {Todo[]} */ (rows).map(({ id, title, completed }) => ({
    key: keys.get(id) ?? `server-${id}`,
    id,
    title,
    completed,
  }));
}

/** @param {string} key */
function read(key) {
  try {
    const value = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
