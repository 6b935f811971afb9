import {
  checkTokenName,
  checkUserName,
  covers,
  type Grant,
  grantText,
  may,
  type Principal,
  simplest,
} from '../../core/access/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import type { AccessStore, StoredToken, StoredUser } from './access-store.ts';
import type { Known } from './entrance.ts';
import { digestOf, newToken } from './word.ts';

const DAY_MS = 24 * 3_600_000;
const DAYS = 90;
const MOST_DAYS = 365;

export interface AccountsParts {
  store: AccessStore;
  now: () => number;
}

export interface TokenWish {
  /** Whose it is. */
  user: string;
  name: string;
  /** What it may do at most; null: all that its user may. */
  scope: Grant[] | null;
  /** Null: 90. */
  days: number | null;
}

/** Who is there, what they may do, and their tokens. Whoever asks has the right to: that is decided before, but for tokens. */
export class Accounts {
  private readonly parts: AccountsParts;
  private readonly watchers = new Set<(user: string) => void>();

  constructor(parts: AccountsParts) {
    this.parts = parts;
  }

  /** Calls back with the name of a user whose rights, tokens or sessions have changed. */
  watch(watcher: (user: string) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  // ---- users

  users(): StoredUser[] {
    return this.parts.store.users();
  }

  /** Throws `user-name`, `user-there`. */
  add(name: string, grants: Grant[]): void {
    checkUserName(name);
    const user = { name, grants: simplest(grants), createdAt: this.parts.now() };
    if (!this.parts.store.addUser(user)) throw new EscaleError('user-there', `there is a user ${name}`);
  }

  /** Exactly these from now on. Throws `user-unknown`. */
  grant(name: string, grants: Grant[]): void {
    if (!this.parts.store.setGrants(name, simplest(grants))) throw unknownUser(name);
    this.tell(name);
  }

  /** With all sessions, links and tokens. Throws `user-unknown`. */
  remove(name: string): void {
    if (!this.parts.store.removeUser(name)) throw unknownUser(name);
    this.tell(name);
  }

  // ---- tokens

  /** One's own; those of all for who looks after users. */
  tokens(asking: Principal): StoredToken[] {
    const { store, now } = this.parts;
    const isMine = ({ user }: StoredToken) => mayFor(asking, user);
    return store.tokens().filter((token) => token.expiresAt >= now() && isMine(token));
  }

  /**
   * The word, which is told this once, and what it is. Nobody makes one that may do more than they, or that outlives
   * the token they do it with. Throws `access-denied`, `token-name`, `token-days`, `token-there`, `user-unknown`.
   */
  makeToken(asking: Known, { user, name, scope, days }: TokenWish): { word: string; token: StoredToken } {
    const { store, now } = this.parts;
    checkTokenName(name);
    if (!mayFor(asking.principal, user))
      throw denied(`${asking.principal.name} can’t make tokens for ${user}`);
    const found = store.user(user);
    if (found === null) throw unknownUser(user);
    const wanted = simplest(scope ?? scopeFor(asking.principal, found));
    if (!covers(asking.principal, wanted))
      throw denied(`${asking.principal.name} may not do all of ${wanted.map(grantText).join(', ')}`);
    const expiresAt = now() + daysOf(days) * DAY_MS;
    if (asking.principal.kind === 'token' && expiresAt > asking.expiresAt && days !== null)
      throw new EscaleError('token-days', 'it would outlive the token that it is made with');
    const token: StoredToken = {
      ...{ user, name, scope: wanted, createdAt: now(), lastUsedAt: null },
      expiresAt: asking.principal.kind === 'token' ? Math.min(expiresAt, asking.expiresAt) : expiresAt,
    };
    store.removeExpired(now());
    const word = newToken();
    if (!store.addToken(digestOf(word), token))
      throw new EscaleError('token-there', `${user} has a token ${name}`);
    return { word, token };
  }

  /** Throws `token-unknown`. */
  revoke(asking: Principal, user: string, name: string): void {
    if (!mayFor(asking, user) || !this.parts.store.removeToken(user, name))
      throw new EscaleError('token-unknown', `${user} has no token ${name}`);
    this.tell(user);
  }

  private tell(user: string): void {
    for (const watcher of this.watchers) watcher(user);
  }
}

function mayFor(asking: Principal, user: string): boolean {
  return may(asking, 'admin', 'all') || asking.name === user;
}

/** Without a wish: all that the user may, or all that a token may that makes another one. */
function scopeFor(asking: Principal, user: StoredUser): Grant[] {
  return asking.kind === 'token' && asking.name === user.name ? [...asking.grants] : user.grants;
}

function daysOf(days: number | null): number {
  const wanted = days ?? DAYS;
  if (Number.isInteger(wanted) && wanted >= 1 && wanted <= MOST_DAYS) return wanted;
  throw new EscaleError('token-days', `a token lasts 1 to ${MOST_DAYS} days, not ${wanted}`);
}

function denied(message: string): EscaleError {
  return new EscaleError('access-denied', message);
}

function unknownUser(name: string): EscaleError {
  return new EscaleError('user-unknown', `there is no user ${name}`);
}
