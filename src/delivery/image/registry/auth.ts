import { EscaleError } from '../../../core/errors/index.ts';
import { type Challenge, type CredentialSource, parseChallenge } from '../../../core/image/index.ts';
import type { Credentials } from './docker-config.ts';
import { type Answer, type Connections, readAll } from './http.ts';

/** What a request is allowed by: kept for each scope, until the registry wants another one. */
export class Authority {
  private readonly registry: string;
  private readonly connections: Connections;
  private readonly credentials: Credentials;
  /** Whether plain http may be spoken with this address. */
  private readonly isAllowed: (url: URL) => boolean;
  private readonly known = new Map<string, string>();

  constructor(options: {
    registry: string;
    connections: Connections;
    credentials: Credentials;
    isAllowed: (url: URL) => boolean;
  }) {
    this.registry = options.registry;
    this.connections = options.connections;
    this.credentials = options.credentials;
    this.isAllowed = options.isAllowed;
  }

  /** `Authorization` for scopes; null as long as nothing was asked for. */
  headerFor(scopes: string[]): string | null {
    return this.known.get(scopes.join(' ')) ?? null;
  }

  /** Answers a 401. Throws `registry-denied` where it can't. */
  async answer(answer: Answer, scopes: string[]): Promise<void> {
    const challenge = parseChallenge(String(answer.headers['www-authenticate'] ?? ''));
    if (challenge === null) throw this.denied('it wants a kind of sign-in that Escale does not know');
    const source = await this.credentials(this.registry);
    this.known.set(scopes.join(' '), await this.headerOf(challenge, source, scopes));
  }

  private async headerOf(challenge: Challenge, source: CredentialSource, scopes: string[]): Promise<string> {
    if (challenge.scheme === 'bearer') return `Bearer ${await this.token(challenge, source, scopes)}`;
    if (source.kind !== 'user') throw this.denied('it wants a user, and none is known for it');
    return basic(source);
  }

  private async token(
    challenge: Extract<Challenge, { scheme: 'bearer' }>,
    source: CredentialSource,
    scopes: string[],
  ): Promise<string> {
    const realm = URL.canParse(challenge.realm) ? new URL(challenge.realm) : null;
    if (realm === null || !this.isAllowed(realm))
      throw this.denied(`it sends to ${JSON.stringify(challenge.realm)} for a token, which is not https`);
    const fields: [string, string][] = [
      ...(challenge.service === null ? [] : [['service', challenge.service] as [string, string]]),
      ...scopes.map((scope): [string, string] => ['scope', scope]),
    ];
    const answer = await (source.kind === 'token'
      ? this.refresh(realm, fields, source.identityToken)
      : this.fetchToken(realm, fields, source));
    if (answer.status === 401 || answer.status === 403)
      throw this.denied(
        source.kind === 'none' ? 'it wants a user, and none is known for it' : 'it does not take this user',
      );
    const token = answer.status === 200 ? tokenIn(await readAll(answer, MOST_TOKEN)) : null;
    if (token === null) throw this.denied(`${realm.host} gave no token (status ${answer.status})`);
    return token;
  }

  private fetchToken(realm: URL, fields: [string, string][], source: CredentialSource): Promise<Answer> {
    const url = new URL(realm);
    for (const [name, value] of fields) url.searchParams.append(name, value);
    const headers: Record<string, string> = source.kind === 'user' ? { authorization: basic(source) } : {};
    return this.connections.send({ method: 'GET', url, headers });
  }

  private refresh(realm: URL, fields: [string, string][], token: string): Promise<Answer> {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'escale',
      refresh_token: token,
    });
    for (const [name, value] of fields) form.append(name, value);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.connections.send({ method: 'POST', url: realm, headers, body: Buffer.from(String(form)) });
  }

  denied(why: string): EscaleError {
    return new EscaleError('registry-denied', `${this.registry} does not let you in: ${why}`);
  }
}

const MOST_TOKEN = 1 << 20;

function basic({ user, password }: { user: string; password: string }): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function tokenIn(bytes: Buffer): string | null {
  try {
    const { token, access_token } = JSON.parse(bytes.toString('utf8'));
    const found = token ?? access_token;
    return typeof found === 'string' && /^[\x21-\x7e]+$/.test(found) ? found : null;
  } catch {
    return null;
  }
}
