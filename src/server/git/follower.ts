import type { Principal } from '../../core/access/index.ts';

const PREFIX = 'follow:';

/** Whoever brings what a followed repository has: it was let in by an admin, who had it followed. */
export function followerOf(repository: string): Principal {
  return follower(`${PREFIX}${repository}`);
}

/** The same, by the name that its runs are written down with; null: somebody else's name. */
export function followerNamed(name: string): Principal | null {
  return name.startsWith(PREFIX) ? follower(name) : null;
}

function follower(name: string): Principal {
  return { name, kind: 'user', grants: [{ role: 'deployer', environment: '*' }] };
}
