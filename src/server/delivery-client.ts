import type { JsonClient } from '../host/index.ts';
import type { ApprovalView, ReleaseChangesView, RepositoryView, RuleView } from './api/types.ts';

/** An outside repository to follow; null: no token is needed. */
export interface FollowQuestion {
  url: string;
  everySeconds: number;
  allowInside: boolean;
  token: string | null;
}

/** Repositories, what is new in releases, approvals and rules: calls that answer at once. */
export function deliveryOver(client: JsonClient) {
  const post = <T>(path: string, body: unknown = {}) => client.call<T>('POST', path, body);
  return {
    repositories: () => client.call<RepositoryView[]>('GET', '/api/repositories'),
    followRepository: (name: string, wish: FollowQuestion) =>
      post<void>(`${repositoryPath(name)}/follow`, wish),
    unfollowRepository: (name: string) => post<void>(`${repositoryPath(name)}/unfollow`),
    fetchRepository: (name: string) => post<void>(`${repositoryPath(name)}/fetch`),
    /** What its git server signs its calls with. */
    hookSecret: async (name: string) =>
      (await post<{ secret: string }>(`${repositoryPath(name)}/hook-secret`)).secret,
    /** `since` null: the release kept before it. */
    releaseChanges: (system: string, release: number, since: number | null) =>
      client.call<ReleaseChangesView>(
        'GET',
        `/api/systems/${encodeURIComponent(system)}/releases/${release}${since === null ? '' : `?since=${since}`}`,
      ),
    approvals: () => client.call<ApprovalView[]>('GET', '/api/approvals'),
    refuse: (approval: number) => post<void>(`/api/approvals/${approval}/refuse`),
    rules: () => client.call<RuleView[]>('GET', '/api/environment-rules'),
    setRule: (rule: RuleView) => post<void>('/api/environment-rules', rule),
    removeRule: (at: Pick<RuleView, 'system' | 'environment'>) =>
      post<{ removed: boolean }>('/api/environment-rules/remove', at),
  };
}

export type DeliveryCalls = ReturnType<typeof deliveryOver>;

function repositoryPath(name: string): string {
  return `/api/repositories/${encodeURIComponent(name)}`;
}
