import { config } from './config.js';
import { find, make } from './elements.js';

/**
 * What a person does to an item.
 * @typedef {object} ItemActions
 * @property {(key: string, completed: boolean) => void} toggle
 * @property {(key: string, title: string) => void} rename an empty title removes it
 * @property {(key: string) => void} remove
 */

/**
 * A new item of the list, without its to-do's values: `showItem` fills them in.
 * @param {string} key
 * @param {ItemActions} actions
 */
export function makeItem(key, actions) {
  const toggle = make('input', { class: 'toggle', type: 'checkbox', 'aria-keyshortcuts': 'F2' });
  const label = make('label', { 'data-testid': 'todo-title' });
  const destroy = make('button', { class: 'destroy', type: 'button' });
  const item = make(
    'li',
    { 'data-testid': 'todo-item' },
    make('div', { class: 'view' }, toggle, label, destroy),
  );
  item.dataset.key = key;
  toggle.addEventListener('change', () => actions.toggle(key, toggle.checked));
  destroy.addEventListener('click', () => actions.remove(key));
  label.addEventListener('dblclick', () => edit(item, actions));
  item.addEventListener('keydown', (event) => {
    if (event.key === 'F2') edit(item, actions);
  });
  return item;
}

/**
 * @param {HTMLLIElement} item
 * @param {import('./mirror.js').Todo} todo
 */
export function showItem(item, { title, completed }) {
  const { words } = config;
  const toggle = find('.toggle', HTMLInputElement, item);
  toggle.checked = completed;
  toggle.setAttribute('aria-label', `${words.toggle}: ${title}`);
  find('label', HTMLLabelElement, item).textContent = title;
  find('.destroy', HTMLButtonElement, item).setAttribute('aria-label', `${words.delete}: ${title}`);
  item.classList.toggle('completed', completed);
}

/**
 * Enter and leaving the field save, Escape does not.
 * @param {HTMLLIElement} item
 * @param {ItemActions} actions
 */
function edit(item, { rename }) {
  if (item.classList.contains('editing')) return;
  const before = find('label', HTMLLabelElement, item).textContent ?? '';
  const field = make('input', { class: 'edit', 'aria-label': config.words.edit, maxlength: '1000' });
  field.value = before;
  let open = true;
  /** @param {boolean} save */
  const close = (save) => {
    if (!open) return;
    open = false;
    const title = field.value.trim();
    field.remove();
    item.classList.remove('editing');
    find('.toggle', HTMLInputElement, item).focus();
    if (save && title !== before) rename(item.dataset.key ?? '', title);
  };
  field.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (event.key === 'Enter') close(true);
    if (event.key === 'Escape') close(false);
  });
  field.addEventListener('blur', () => close(true));
  item.classList.add('editing');
  item.append(field);
  field.focus();
}
