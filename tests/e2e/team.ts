import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { gitEnvironment } from '../../src/host/index.ts';
import type { PipelineRunView, PipelineSummary } from '../../src/server/index.ts';
import { type Escale, startEscale, waitFor } from './escale.ts';

/** Where repositories and the API are reached; git's own client knows that names of `localhost` are this machine. */
export const PAGES = 'escale.localhost';

/** A server of a test's own, started by `escale server`, and people who push to it. */
export async function startServer(
  t: TestContext,
  options: { home?: string; finally?: () => void } = {},
): Promise<Escale> {
  const escale = await startEscale(t, options);
  await escale.serve();
  return escale;
}

/** Somebody whom the owner lets in, with a token as programs have it. */
export async function person(escale: Escale, name: string, ...grants: string[]): Promise<Person> {
  await escale.must(['user', 'add', name, ...grants.flatMap((grant) => ['--grant', grant])]);
  const { stdout } = await escale.must(['token', 'create', 'laptop', '--user', name]);
  return new Person(escale, name, stdout.trim());
}

/** How a program ended; what it said, both streams. */
export interface GitEnd {
  code: number;
  said: string;
}

/** Speaks to the server from outside, with a token. */
export class Person {
  readonly name: string;
  readonly token: string;
  private readonly escale: Escale;

  constructor(escale: Escale, name: string, token: string) {
    this.escale = escale;
    this.name = name;
    this.token = token;
  }

  /** A folder under plain git whose `escale` is a repository of the server. */
  async clone(repository: string, folder = path.join(this.escale.folder, 'clones', repository)) {
    const tree = new WorkTree(folder, { name: this.name, home: this.escale.folder });
    const credentials = path.join(this.escale.folder, `${this.name}.credentials`);
    const at = `${PAGES}:${this.escale.port}`;
    writeFileSync(credentials, `http://${this.name}:${this.token}@${at}\n`, { mode: 0o600 });
    mkdirSync(folder, { recursive: true });
    await tree.must('init', '--quiet', '--initial-branch=main');
    await tree.must('config', 'credential.helper', `store --file ${credentials}`);
    await tree.must('remote', 'add', 'escale', `http://${at}/git/${repository}`);
    return tree;
  }

  /** A call of the API with the token; the answer as it came. */
  call(method: 'GET' | 'POST', target: string, body?: unknown): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const json = body === undefined ? {} : { 'content-type': 'application/json' };
      const headers = {
        host: `${PAGES}:${this.escale.port}`,
        authorization: `Bearer ${this.token}`,
        ...json,
      };
      const { port } = this.escale;
      const options = { host: '127.0.0.1', port, path: target, method, headers, agent: false } as const;
      const request = http.request(options, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
      });
      request.once('error', reject);
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** What the API answers; throws where that is an error. */
  async get<T>(target: string): Promise<T> {
    const { status, text } = await this.call('GET', target);
    if (status !== 200) throw new Error(`${target}: ${status} ${text}`);
    return JSON.parse(text) as T;
  }
}

/** A person's folder, driven by plain git. */
export class WorkTree {
  readonly folder: string;
  private readonly who: { name: string; home: string };

  constructor(folder: string, who: { name: string; home: string }) {
    this.folder = folder;
    this.who = who;
  }

  git(...args: string[]): Promise<GitEnd> {
    const { name, home } = this.who;
    const env = {
      ...gitEnvironment(),
      HOME: home,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      LC_ALL: 'C',
    };
    const words = ['-c', `user.name=${name}`, '-c', `user.email=${name}@example.org`, ...args];
    return new Promise((resolve) => {
      execFile('git', words, { cwd: this.folder, env, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 128;
        resolve({ code, said: `${stdout}${stderr}` });
      });
    });
  }

  async must(...args: string[]): Promise<string> {
    const { code, said } = await this.git(...args);
    if (code !== 0) throw new Error(`git ${args.join(' ')}: ${said}`);
    return said;
  }

  write(files: Record<string, string | Buffer | null>): void {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(this.folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      if (text === null) rmSync(file, { recursive: true });
      else writeFileSync(file, text);
    }
  }

  /** Everything in the folder as a commit; its name. */
  async commit(files: Record<string, string | Buffer | null> = {}, message = 'a change'): Promise<string> {
    this.write(files);
    await this.must('add', '--all');
    await this.must('commit', '--quiet', '--allow-empty', '-m', message);
    return this.head();
  }

  async head(): Promise<string> {
    return (await this.must('rev-parse', 'HEAD')).trim();
  }

  /** Pushes a branch (`main`), or what is named as git does; resolves when all that it began has ended. */
  push(...refs: string[]): Promise<GitEnd> {
    return this.git('push', 'escale', ...(refs.length > 0 ? refs : ['HEAD:main']));
  }
}

export async function pipelineRuns(escale: Escale): Promise<PipelineSummary[]> {
  const { stdout } = await escale.must(['pipeline', 'list', '--all', '--json']);
  return (JSON.parse(stdout) as { runs: PipelineSummary[] }).runs;
}

/** A run once it has ended. */
export function ended(person: Person, run: number, patienceMs?: number): Promise<PipelineRunView> {
  const look = async () => {
    const view = await person.get<PipelineRunView>(`/api/pipelines/${run}`);
    return ['succeeded', 'failed', 'cancelled'].includes(view.state) ? view : null;
  };
  return waitFor(`pipeline run ${run} has ended`, look, patienceMs);
}
