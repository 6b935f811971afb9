import { createHmac, timingSafeEqual } from 'node:crypto';
import { EscaleError } from '../../core/errors/index.ts';
import type { GitStore } from './git-store.ts';
import type { CommitCause, Repositories } from './repositories.ts';

/** An outside repository as somebody asks for it. */
export interface FollowWish {
  url: string;
  everyMs: number;
  allowInside: boolean;
  /** What git says to it (a read token); null: it is open. */
  token: string | null;
}

export interface FollowingParts {
  store: GitStore;
  repositories: Repositories;
  /** Encrypts and decrypts what is kept. */
  seal: (repository: string, word: string) => string;
  unseal: (repository: string, sealed: string) => string;
  /** What the secrets of incoming webhooks are made of. */
  hookKey: string;
  /** The addresses that a host has; refuses those inside unless they are allowed. */
  addressesOf: (host: string, allowInside: boolean) => Promise<string[]>;
  problem: (repository: string, message: string) => void;
  now: () => number;
}

const LEAST_MS = 10_000;
const MOST_MS = 24 * 3_600_000;
/** Between two looks at what is due, ms. */
const BEAT_MS = 5000;

/** Looks at outside repositories, on a beat and whenever their server says that something was pushed. */
export class Following {
  private readonly parts: FollowingParts;
  private timer: NodeJS.Timeout | null = null;

  constructor(parts: FollowingParts) {
    this.parts = parts;
  }

  resume(): void {
    this.timer = setInterval(() => void this.beat(), BEAT_MS).unref();
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
  }

  /** From now on, and once at once. Throws `address-wrong`, `address-inside`, `git-failed`. */
  async follow(name: string, { url, everyMs, allowInside, token }: FollowWish): Promise<void> {
    const { store, repositories, addressesOf, seal } = this.parts;
    await addressesOf(checkedUrl(url).hostname, allowInside);
    await repositories.make(name);
    const sealed = token === null ? null : seal(name, token);
    const every = Math.min(MOST_MS, Math.max(LEAST_MS, everyMs));
    store.follow(name, { url, everyMs: every, allowInside, sealed });
    await this.look(name, 'poll');
  }

  unfollow(name: string): void {
    this.parts.repositories.mustExist(name);
    this.parts.store.follow(name, null);
  }

  /** Fetches it and takes up what is new. Throws `git-failed` and the like; what it was is kept and shown. */
  async look(name: string, cause: CommitCause): Promise<void> {
    const { repositories, store, now } = this.parts;
    await repositories.inTurn(name, async () => {
      try {
        await this.fetch(name);
        store.fetched(name, now(), null);
      } catch (error) {
        store.fetched(name, now(), error instanceof Error ? error.message : String(error));
        throw error;
      }
      await repositories.takeUp(name, cause);
    });
  }

  private async fetch(name: string): Promise<void> {
    const { repositories, store, unseal, addressesOf } = this.parts;
    const following = store.repository(name)?.follows ?? null;
    if (following === null)
      throw new EscaleError('repository-unknown', `the repository ${name} follows no other one`);
    const { url, allowInside, sealed } = following;
    const { hostname } = new URL(url);
    const [address] = await addressesOf(hostname, allowInside);
    const token = sealed === null ? null : unseal(name, sealed);
    await repositories.at(name).fetchFrom(url, { address: address!, token });
  }

  private async beat(): Promise<void> {
    const { store, now, problem } = this.parts;
    for (const { name, follows, fetchedAt, problem: before } of store.repositories()) {
      if (follows === null || now() - (fetchedAt ?? 0) < follows.everyMs) continue;
      await this.look(name, 'poll').catch((error: Error) => {
        if (error.message !== before) problem(name, error.message);
      });
    }
  }

  // ---- calls of the other server

  /** What the sender signs with. */
  hookSecret(name: string): string {
    this.parts.repositories.mustExist(name);
    return createHmac('sha256', this.parts.hookKey).update(`hook of ${name}`).digest('base64url');
  }

  /** Whether a call proves that it knows the secret, in the way of GitHub, Gitea or GitLab. Throws `hook-refused`. */
  checkHook(name: string, headers: Record<string, string | string[] | undefined>, body: Buffer): void {
    const secret = createHmac('sha256', this.parts.hookKey).update(`hook of ${name}`).digest('base64url');
    const signature = createHmac('sha256', secret).update(body).digest('hex');
    const proofs: [string, string][] = [
      ['x-hub-signature-256', `sha256=${signature}`],
      ['x-gitea-signature', signature],
      ['x-gogs-signature', signature],
      ['x-gitlab-token', secret],
    ];
    const isProved = proofs.some(([header, expected]) => isSame(headers[header], expected));
    if (!isProved || !this.parts.repositories.at(name).exists)
      throw new EscaleError('hook-refused', 'the call does not prove where it comes from');
  }

  /** The sender need not wait for what comes of it. */
  called(name: string): void {
    this.look(name, 'webhook').catch((error: Error) => this.parts.problem(name, error.message));
  }
}

function isSame(said: string | string[] | undefined, expected: string): boolean {
  if (typeof said !== 'string') return false;
  const [a, b] = [said, expected].map((word) => createHmac('sha256', 'compare').update(word).digest());
  return timingSafeEqual(a!, b!);
}

/** Throws `address-wrong`. */
function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const wrong = (why: string) => new EscaleError('address-wrong', `the address of the repository ${why}`);
  if (url === null) throw wrong('is none');
  if (!['http:', 'https:'].includes(url.protocol))
    throw wrong(`begins with ${url.protocol}, which is not fetched from`);
  if (url.username !== '' || url.password !== '') throw wrong('holds a user or a password');
  if (text.length > 2000) throw wrong('is too long');
  return url;
}
