import { config, list } from './config.js';

/** Where the to-dos of this page's list are. */
export const todosUrl = `${config.api}${list === '' ? '' : `/l/${encodeURIComponent(list)}`}/todos`;

/** The server has understood a request and says no; anything else that goes wrong counts as being offline. */
export class Refused extends Error {
  /** @param {number} status @param {string} detail */
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** @returns {Promise<unknown[]>} */
export async function fetchTodos() {
  return (await ask(todosUrl, 'GET')).json();
}

/**
 * Sends one change; gives the to-do as the server has it, null for one that was removed.
 * @param {import('./mirror.js').Operation} operation
 * @returns {Promise<{ id: number } | null>}
 */
export async function send({ kind, key, id, body }) {
  if (kind === 'add') return (await ask(todosUrl, 'POST', { ...body, key })).json();
  if (kind === 'change') return (await ask(`${todosUrl}/${id}`, 'PATCH', body)).json();
  await ask(`${todosUrl}/${id}`, 'DELETE');
  return null;
}

/** Longest wait for an answer, ms. */
const timeLimit = 10_000;

/**
 * @param {string} url
 * @param {string} method
 * @param {object} [body]
 */
async function ask(url, method, body) {
  const response = await fetch(url, {
    method,
    signal: AbortSignal.timeout(timeLimit),
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  if (response.ok) return response;
  const mayPass = response.status >= 500 || [408, 429].includes(response.status);
  if (mayPass) throw new Error(`answered ${response.status}`);
  const problem = await response.json().catch(() => ({}));
  throw new Refused(response.status, problem.detail ?? String(response.status));
}
