import { EscaleError } from '../../../core/errors/index.ts';
import { hostOf, nextTry } from '../../../core/image/index.ts';
import type { Authority } from './auth.ts';
import { type Answer, type Ask, Broken, type Connections, readAll, skip } from './http.ts';

/** A request to a registry, before it has an address and a user. */
export interface Wish extends Omit<Ask, 'url'> {
  /** Below `/v2/`; or a whole address that the registry gave. */
  path: string | URL;
  scopes: string[];
  /** Statuses that are an answer; any other one is a failure. */
  takes: number[];
}

const MOST_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];
const MOST_WORDS = 64 << 10;

/** Speaks with one registry: with its user, over redirects, again where that may help. */
export class RegistryClient {
  readonly registry: string;
  private readonly base: URL;
  private readonly connections: Connections;
  private readonly authority: Authority;
  private readonly isAllowed: (url: URL) => boolean;
  private readonly wait: (ms: number) => Promise<unknown>;

  constructor(options: {
    registry: string;
    isPlain: boolean;
    connections: Connections;
    authority: Authority;
    isAllowed: (url: URL) => boolean;
    wait: (ms: number) => Promise<unknown>;
  }) {
    this.wait = options.wait;
    this.registry = options.registry;
    this.base = new URL(`${options.isPlain ? 'http' : 'https'}://${hostOf(options.registry)}/v2/`);
    this.connections = options.connections;
    this.authority = options.authority;
    this.isAllowed = options.isAllowed;
  }

  /**
   * The first answer with a status that is taken. Throws `registry-denied`, `registry-failed`, and
   * `registry-unreachable` after several broken connections.
   */
  async ask(wish: Wish): Promise<Answer> {
    return this.retrying(() => this.askOnce(wish));
  }

  /** Does something with the registry again as long as it fails in a way that passes. */
  async retrying<T>(work: (attempt: number) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work(attempt);
      } catch (error) {
        const wait = waitAfter(error, attempt);
        if (wait === null) throw this.forPeople(error);
        await this.wait(wait);
      }
    }
  }

  /** One try: 401 is answered once, redirects are followed. Rejects with `Refused` or `Broken`. */
  async askOnce(wish: Wish): Promise<Answer> {
    const url = typeof wish.path === 'string' ? new URL(wish.path, this.base) : wish.path;
    const answer = await this.send(wish, url);
    if (wish.takes.includes(answer.status)) return answer;
    if (answer.status === 401) {
      skip(answer);
      await this.authority.answer(answer, wish.scopes);
      const second = await this.send(wish, url);
      if (wish.takes.includes(second.status)) return second;
      throw await refused(second, wish);
    }
    throw await refused(answer, wish);
  }

  private async send(wish: Wish, first: URL): Promise<Answer> {
    let url = first;
    for (let step = 0; step <= MOST_REDIRECTS; step++) {
      if (!this.isAllowed(url))
        throw new EscaleError(
          'registry-unreachable',
          `${this.registry} is asked over plain http: ${url.host}`,
          {
            next: 'Allow it with `--plain-http` where its network is trusted.',
          },
        );
      const answer = await this.connections.send({ ...wish, url, headers: this.headersFor(wish, url) });
      const { location } = answer.headers;
      const isRead = wish.method === 'GET' || wish.method === 'HEAD';
      if (!isRead || !REDIRECTS.includes(answer.status) || location === undefined) return answer;
      skip(answer);
      if (!URL.canParse(location, url)) break;
      url = new URL(location, url);
    }
    throw new EscaleError('registry-failed', `${this.registry} sends from one address to the next`);
  }

  /** The user is known to the registry alone, never to where it sends us. */
  private headersFor({ headers = {}, scopes }: Wish, url: URL): Record<string, string> {
    const authorization = url.origin === this.base.origin ? this.authority.headerFor(scopes) : null;
    return authorization === null ? headers : { ...headers, authorization };
  }

  private forPeople(error: unknown): unknown {
    if (error instanceof Broken)
      return new EscaleError(
        'registry-unreachable',
        `${this.registry} can’t be reached: ${error.message}`,
        {},
      );
    if (!(error instanceof Refused)) return error;
    const words = error.words === '' ? '' : `: ${error.words}`;
    const what = `${this.registry} answered ${error.status} to ${error.what}${words}`;
    if (error.status === 401 || error.status === 403) return new EscaleError('registry-denied', what);
    return new EscaleError('registry-failed', what);
  }
}

/** An answer that is a failure. */
export class Refused extends Error {
  readonly status: number;
  readonly what: string;
  /** What the registry says about it. */
  readonly words: string;
  readonly retryAfter: string | null;

  constructor(options: { status: number; what: string; words: string; retryAfter: string | null }) {
    super(`${options.status} to ${options.what}`);
    this.status = options.status;
    this.what = options.what;
    this.words = options.words;
    this.retryAfter = options.retryAfter;
  }
}

async function refused(answer: Answer, { method, path }: Wish): Promise<Refused> {
  const words = await readAll(answer, MOST_WORDS).then(wordsIn, () => '');
  const retryAfter = answer.headers['retry-after'] ?? null;
  // An address that the registry gave may hold a token behind its question mark.
  const what = `${method} ${typeof path === 'string' ? path : path.pathname}`;
  return new Refused({ status: answer.status, what, words, retryAfter });
}

/** The distribution specification's errors: `{errors: [{code, message, detail}]}`. */
function wordsIn(bytes: Buffer): string {
  try {
    const { errors } = JSON.parse(bytes.toString('utf8')) as { errors: { code: string; message?: string }[] };
    return errors
      .map(({ code, message }) => [code, message].filter(Boolean).join(' '))
      .join(', ')
      .slice(0, 500);
  } catch {
    return '';
  }
}

function waitAfter(error: unknown, attempt: number): number | null {
  if (!(error instanceof Broken) && !(error instanceof Refused)) return null;
  const { status, retryAfter } = error instanceof Refused ? error : { status: null, retryAfter: null };
  return nextTry({ attempt, status, retryAfter, now: Date.now(), random: Math.random() });
}
