import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { EscaleError } from '../../../core/errors/index.ts';
import type { ClusterAccess, SignInProgram } from './kubeconfig.ts';

/** What a request carries so that the API knows whose it is. */
export interface Credential {
  /** Of the header `authorization`; null: none. */
  authorization: string | null;
  /** PEM; null: none. */
  certificate: { certificate: string; key: string } | null;
}

const NOBODY: Credential = { authorization: null, certificate: null };
/** A file is read again after this, as the cluster writes it anew, ms. */
const FILE_MS = 60_000;
const PROGRAM_TIMEOUT_MS = 60_000;
const run = promisify(execFile);

/** Signs in: asks programs and reads files when it is time, one at a time. */
export class SignInDesk {
  private readonly access: ClusterAccess;
  private readonly now: () => number;
  private known: { credential: Promise<Credential>; until: number } | null = null;

  constructor(access: ClusterAccess, now: () => number = Date.now) {
    this.access = access;
    this.now = now;
  }

  /** Throws `cluster-config` where a program or a file gives nothing. */
  async credential(): Promise<Credential> {
    if (this.known !== null && this.known.until > this.now()) return this.known.credential;
    const mine = { credential: this.make(), until: Number.POSITIVE_INFINITY };
    const made = mine.credential.then(({ credential, until }) => {
      this.known = { credential: Promise.resolve(credential), until };
      return credential;
    });
    this.known = { credential: made, until: mine.until };
    made.catch(() => {
      this.known = null;
    });
    return made;
  }

  /** The API did not take it: the next one is asked for anew. */
  forget(): void {
    this.known = null;
  }

  private async make(): Promise<{ credential: Credential; until: number }> {
    const { signIn } = this.access;
    const always = (credential: Credential) => ({ credential, until: Number.POSITIVE_INFINITY });
    switch (signIn.kind) {
      case 'nobody':
        return always(NOBODY);
      case 'certificate':
        return always({ ...NOBODY, certificate: signIn });
      case 'token':
        return always({ ...NOBODY, authorization: `Bearer ${signIn.token}` });
      case 'password': {
        const both = Buffer.from(`${signIn.username}:${signIn.password}`).toString('base64');
        return always({ ...NOBODY, authorization: `Basic ${both}` });
      }
      case 'token-file': {
        const token = (await readFile(signIn.file, 'utf8').catch(unreadable(signIn.file))).trim();
        return { credential: { ...NOBODY, authorization: `Bearer ${token}` }, until: this.now() + FILE_MS };
      }
      case 'program':
        return this.ask(signIn.program);
    }
  }

  private async ask(program: SignInProgram): Promise<{ credential: Credential; until: number }> {
    const { server, authority, isInsecure, serverName } = this.access;
    const cluster = {
      server,
      ...(authority !== null && { 'certificate-authority-data': Buffer.from(authority).toString('base64') }),
      ...(serverName !== null && { 'tls-server-name': serverName }),
      ...(isInsecure && { 'insecure-skip-tls-verify': true }),
    };
    const spec = { interactive: false, ...(program.wantsCluster && { cluster }) };
    const info = { apiVersion: program.apiVersion, kind: 'ExecCredential', spec };
    const { stdout } = await run(program.command, program.args, {
      env: { ...process.env, ...program.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
      timeout: PROGRAM_TIMEOUT_MS,
      maxBuffer: 1 << 20,
    }).catch((error: NodeJS.ErrnoException & { stderr?: string }) => {
      const hint = error.code === 'ENOENT' && program.installHint !== '' ? { next: program.installHint } : {};
      const said = (error.stderr ?? '').trim().split('\n').at(-1) || error.message;
      throw new EscaleError('cluster-config', `${program.command} gives no token: ${said}`, hint);
    });
    return credentialIn(stdout, program.command);
  }
}

function credentialIn(text: string, command: string): { credential: Credential; until: number } {
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = statusIn(text);
  if (token === undefined && clientCertificateData === undefined)
    throw new EscaleError('cluster-config', `${command} gives neither a token nor a certificate`);
  const until =
    expirationTimestamp === undefined ? Number.POSITIVE_INFINITY : Date.parse(expirationTimestamp);
  return {
    credential: {
      authorization: token === undefined ? null : `Bearer ${token}`,
      certificate:
        clientCertificateData === undefined || clientKeyData === undefined
          ? null
          : { certificate: clientCertificateData, key: clientKeyData },
    },
    until,
  };
}

interface ExecStatus {
  token?: string;
  clientCertificateData?: string;
  clientKeyData?: string;
  expirationTimestamp?: string;
}

function statusIn(text: string): ExecStatus {
  try {
    return (JSON.parse(text) as { status?: ExecStatus }).status ?? {};
  } catch {
    return {};
  }
}

function unreadable(file: string): (error: Error) => never {
  return (error) => {
    throw new EscaleError('cluster-config', `the token can’t be read from ${file}: ${error.message}`);
  };
}
