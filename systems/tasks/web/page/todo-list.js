import { config, counted } from './config.js';
import { find, make } from './elements.js';
import { makeItem, showItem } from './todo-item.js';

/** @typedef {import('./mirror.js').Todo} Todo */

/** @type {Record<string, (todo: Todo) => boolean>} */
const filters = {
  '#/': () => true,
  '#/active': ({ completed }) => !completed,
  '#/completed': ({ completed }) => completed,
};

const elements = {
  main: find('.main', HTMLElement),
  footer: find('.footer', HTMLElement),
  list: find('.todo-list', HTMLUListElement),
  field: find('.new-todo', HTMLInputElement),
  toggleAll: find('.toggle-all', HTMLInputElement),
  count: find('.todo-count', HTMLElement),
  clear: find('.clear-completed', HTMLButtonElement),
};

/**
 * Lets a person work on the store.
 * @param {import('./store.js').Store} store
 */
export function connectList(store) {
  const { field, toggleAll, clear } = elements;
  field.addEventListener('keydown', (event) => {
    const title = field.value.trim();
    if (event.key !== 'Enter' || event.isComposing || title === '') return;
    field.value = '';
    store.add(title);
  });
  toggleAll.addEventListener('change', () => {
    const others = store.all().filter(({ completed }) => completed !== toggleAll.checked);
    store.change(
      others.map(({ key }) => key),
      { completed: toggleAll.checked },
    );
  });
  clear.addEventListener('click', () => {
    const done = store.all().filter(({ completed }) => completed);
    store.remove(done.map(({ key }) => key));
    field.focus();
  });
  addEventListener('hashchange', () => showList(store));
}

/**
 * Shows what the store has, changing only what is different, so that focus and fields stay.
 * @param {import('./store.js').Store} store
 */
export function showList(store) {
  const todos = store.all();
  const hash = location.hash in filters ? location.hash : '#/';
  const visible = todos.filter(filters[hash] ?? (() => true));
  showItems(visible, store);
  showFooter(todos, hash);
}

/** @param {Todo[]} todos @param {import('./store.js').Store} store */
function showItems(todos, store) {
  const { list } = elements;
  /** @type {import('./todo-item.js').ItemActions} */
  const actions = {
    toggle: (key, completed) => store.change([key], { completed }),
    rename: (key, title) => (title === '' ? store.remove([key]) : store.change([key], { title })),
    remove: (key) => {
      store.remove([key]);
      elements.field.focus();
    },
  };
  const present = new Map([...list.querySelectorAll('li')].map((item) => [item.dataset.key, item]));
  const items = todos.map((todo) => {
    const item = present.get(todo.key) ?? makeItem(todo.key, actions);
    showItem(item, todo);
    return item;
  });
  const wanted = new Set(items);
  for (const item of present.values()) if (!wanted.has(item)) item.remove();
  items.forEach((item, index) => {
    if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
  });
}

/** @param {Todo[]} todos @param {string} hash */
function showFooter(todos, hash) {
  const { main, footer, toggleAll, count, clear } = elements;
  const left = todos.filter(({ completed }) => !completed).length;
  main.hidden = todos.length === 0;
  footer.hidden = todos.length === 0;
  toggleAll.checked = todos.length > 0 && left === 0;
  clear.hidden = left === todos.length;
  count.replaceChildren(make('strong', {}, String(left)), ` ${counted(config.words.left, left)}`);
  for (const link of document.querySelectorAll('.filters a')) {
    const selected = link.getAttribute('href') === hash;
    link.className = selected ? 'selected' : '';
    if (selected) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}
