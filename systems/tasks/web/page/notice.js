import { config, counted } from './config.js';
import { find } from './elements.js';
import { readOperations } from './mirror.js';

const element = find('.notice', HTMLElement);
const { words } = config;
const state = { online: true, refusal: '' };

/** @param {boolean} online */
export function sayConnection(online) {
  state.online = online;
  show();
}

/** @param {string} detail */
export function sayRefused(detail) {
  state.refusal = `${words.refused} ${detail}`;
  show();
}

function show() {
  const text = state.online ? state.refusal : offlineText(readOperations().length);
  element.hidden = text === '';
  if (element.textContent !== text) element.textContent = text;
}

/** @param {number} unsent */
function offlineText(unsent) {
  return unsent === 0 ? words.offline : `${words.offline} (${unsent} ${counted(words.unsent, unsent)})`;
}
