import { readOperations, readTodos, writeOperations, writeTodos } from './mirror.js';

/** @typedef {ReturnType<typeof createStore>} Store */

/**
 * The to-dos of the page. Each change is made here at once, and noted to be sent.
 * @param {() => void} changed called after each
 */
export function createStore(changed) {
  /** @param {import('./mirror.js').Todo[]} todos @param {Omit<import('./mirror.js').Operation, 'name'>[]} operations */
  const save = (todos, operations) => {
    writeTodos(todos);
    const named = operations.map((operation) => ({ ...operation, name: newName() }));
    writeOperations([...readOperations(), ...named]);
    changed();
  };
  return {
    all: readTodos,
    /** @param {string} title */
    add: (title) => {
      const todo = { key: newName(), id: null, title, completed: false };
      save([...readTodos(), todo], [{ kind: 'add', key: todo.key, id: null, body: { title } }]);
    },
    /** @param {string[]} keys @param {{ title?: string, completed?: boolean }} body */
    change: (keys, body) => {
      const todos = readTodos();
      const touched = todos.filter(({ key }) => keys.includes(key));
      save(
        todos.map((todo) => (keys.includes(todo.key) ? { ...todo, ...body } : todo)),
        touched.map(({ key, id }) => ({ kind: 'change', key, id, body })),
      );
    },
    /** @param {string[]} keys */
    remove: (keys) => {
      const todos = readTodos();
      const gone = todos.filter(({ key }) => keys.includes(key));
      save(
        todos.filter(({ key }) => !keys.includes(key)),
        gone.map(({ key, id }) => ({ kind: 'remove', key, id, body: {} })),
      );
    },
  };
}

/** `crypto.randomUUID` is missing on pages without TLS outside of localhost. */
function newName() {
  return [...crypto.getRandomValues(new Uint32Array(3))].map((part) => part.toString(36)).join('-');
}
