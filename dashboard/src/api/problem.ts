import type { ApiProblem } from './types.ts';

/** No answer, or only a part of one. */
export const CUT_OFF: ApiProblem = { code: 'cut-off', message: '' };

/** What a refusal says. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const answer = (await response.json().catch(() => null)) as { error?: ApiProblem } | null;
  return answer?.error ?? { code: 'http', message: `HTTP ${response.status}` };
}
