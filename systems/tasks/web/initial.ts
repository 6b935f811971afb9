/** How long a page waits for its first to-dos before it is sent without them, ms. */
const patience = 300;

/** The to-dos of the page's list, asked of the API itself so that the page shows them at once; null: not to be had. */
export async function readInitial(apiUrl: string | undefined, query: unknown): Promise<unknown[] | null> {
  if (!apiUrl) return null;
  const { list } = query as { list?: string | string[] };
  const path = typeof list === 'string' && list !== '' ? `/l/${encodeURIComponent(list)}/todos` : '/todos';
  try {
    const response = await fetch(apiUrl.replace(/\/+$/, '') + path, {
      signal: AbortSignal.timeout(patience),
    });
    const todos = response.ok ? await response.json() : null;
    return Array.isArray(todos) ? todos : null;
  } catch {
    return null;
  }
}
