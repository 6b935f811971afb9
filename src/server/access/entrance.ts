import { intersection, type Principal } from '../../core/access/index.ts';
import { EscaleError, isDiskFull } from '../../core/errors/index.ts';
import type { AccessStore, StoredToken } from './access-store.ts';
import type { Passwords } from './passwords.ts';
import { digestOf, newWord } from './word.ts';

/** How long an address of `escale open` signs in, a password may be set, a session lasts, ms. */
const SIGN_IN_MS = 15 * 60_000;
const PASSWORD_MS = 24 * 3_600_000;
export const SESSION_MS = 7 * 24 * 3_600_000;
/** A token's last use is written down at most so often, ms. */
const USE_MS = 60_000;

export const OWNER: Principal = { name: 'owner', kind: 'owner', grants: [] };

/** Somebody who was let in, and until when. */
export interface Known {
  principal: Principal;
  expiresAt: number;
}

export interface EntranceParts {
  store: AccessStore;
  passwords: Passwords;
  now: () => number;
}

/** Who comes in, by what they show: a session, a token, an address that works once, a password. */
export class Entrance {
  private readonly parts: EntranceParts;

  constructor(parts: EntranceParts) {
    this.parts = parts;
  }

  // ---- who it is, with the rights of this moment

  bySession(word: string): Known | null {
    const { store } = this.parts;
    const session = store.session(digestOf(word));
    if (session === null || session.expiresAt < this.parts.now()) return null;
    const { user, token, expiresAt } = session;
    if (user === null) return { principal: OWNER, expiresAt };
    if (token !== null) return this.byDigest(token);
    const found = store.user(user);
    return found && { principal: { name: user, kind: 'user', grants: found.grants }, expiresAt };
  }

  byToken(word: string): Known | null {
    return this.byDigest(digestOf(word));
  }

  private byDigest(digest: string): Known | null {
    const { store, now } = this.parts;
    const token = store.token(digest);
    if (token === null || token.expiresAt < now()) return null;
    const user = store.user(token.user);
    if (user === null) return null;
    this.noteUse(digest, token);
    const grants = intersection(token.scope, user.grants);
    const principal: Principal = { name: user.name, kind: 'token', grants, token: token.name };
    return { principal, expiresAt: token.expiresAt };
  }

  private noteUse(digest: string, { lastUsedAt }: StoredToken): void {
    const { store, now } = this.parts;
    if (lastUsedAt !== null && now() - lastUsedAt < USE_MS) return;
    try {
      store.noteUse(digest, now());
    } catch (error) {
      // What can't be noted on a full disk keeps nobody out.
      if (!isDiskFull(error)) throw error;
    }
  }

  // ---- addresses that work once

  /** For the owner, on this host, within fifteen minutes. */
  signInLink(): string {
    return this.link(null, SIGN_IN_MS);
  }

  /** For a user to set their password, within a day; those of before end. */
  passwordLink(user: string): string {
    const { store } = this.parts;
    if (store.user(user) === null) throw new EscaleError('user-unknown', `there is no user ${user}`);
    return store.sql.transaction(() => {
      store.removeLinksOf(user);
      return this.link(user, PASSWORD_MS);
    });
  }

  private link(user: string | null, ms: number): string {
    const { store, now } = this.parts;
    store.removeExpired(now());
    const word = newWord();
    store.addLink(digestOf(word), user, now() + ms);
    return word;
  }

  /** Uses the owner's address up; the session that it opens, or null. */
  takeSignInLink(word: string): string | null {
    const { store } = this.parts;
    return store.sql.transaction(() => {
      if (this.linkFor(word)?.user !== null || !store.removeLink(digestOf(word))) return null;
      return this.openSession({ user: null, token: null });
    });
  }

  /** Whose password an address sets; null: nobody's, or not any more. */
  userOfLink(word: string): string | null {
    return this.linkFor(word)?.user ?? null;
  }

  private linkFor(word: string): { user: string | null } | null {
    const link = this.parts.store.link(digestOf(word));
    return link !== null && link.expiresAt >= this.parts.now() ? link : null;
  }

  /** Sets the password, once; ends the user's other sessions. The session that it opens, or null. Throws `password-short`. */
  async takePasswordLink(word: string, password: string): Promise<string | null> {
    const { store, passwords } = this.parts;
    if (this.userOfLink(word) === null) return null;
    const kept = await passwords.keep(password);
    return store.sql.transaction(() => {
      const user = this.userOfLink(word);
      if (user === null || !store.removeLink(digestOf(word)) || !store.setPassword(user, kept)) return null;
      store.removeSessionsOf(user);
      return this.openSession({ user, token: null });
    });
  }

  // ---- signing in and out

  /** The session that name and password open, or null. */
  async signIn(name: string, password: string): Promise<string | null> {
    const { store, passwords } = this.parts;
    const kept = store.user(name)?.password ?? null;
    if (!(await passwords.fits(password, kept))) return null;
    // Meanwhile the user may have been removed, or the password changed.
    return store.user(name)?.password === kept ? this.openSession({ user: name, token: null }) : null;
  }

  /** The session that a token opens, which ends with it, or null. */
  signInWithToken(word: string): string | null {
    const known = this.byToken(word);
    return known && this.openSession({ user: known.principal.name, token: digestOf(word) });
  }

  signOut(session: string): void {
    this.parts.store.removeSession(digestOf(session));
  }

  private openSession(of: { user: string | null; token: string | null }): string {
    const { store, now } = this.parts;
    store.removeExpired(now());
    const word = newWord();
    store.addSession({ digest: digestOf(word), ...of, expiresAt: now() + SESSION_MS });
    return word;
  }
}
