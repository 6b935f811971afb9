import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import fastify from 'fastify';
import type { Grant, Principal } from '../../core/access/index.ts';
import { gitEnvironment } from '../../host/index.ts';
import { sendError } from '../api/answers.ts';
import { gitRoutes } from '../api/git-routes.ts';
import { withZod } from '../api/validation.ts';
import { GitStore } from '../git/git-store.ts';
import { type CommitWish, Repositories } from '../git/repositories.ts';
import { Store } from '../store/index.ts';
import { temporary } from './control-plane.ts';

const run = promisify(execFile);

export const SYSTEM = (name: string) =>
  `name: ${name}\nservices:\n  web: { command: node server.ts, port: true }\n`;

/** A server that git clients can push to; its pipelines only note what they were asked for. */
export async function gitServer(t: TestContext, grants: Grant[] = [{ role: 'deployer', environment: '*' }]) {
  const ada: Principal = { name: 'ada', kind: 'user', grants };
  const folder = temporary(t);
  const store = new Store(path.join(folder, 'escale.db'));
  const asked: CommitWish[] = [];
  const cancelled = new Set<number>();
  const failed = new Map<number, string>();
  const problems: string[] = [];
  const pushed: string[] = [];
  const repositories = new Repositories({
    folder: path.join(folder, 'repositories'),
    scratch: path.join(folder, 'scratch'),
    sql: store.sql,
    store: new GitStore(store.sql),
    runs: {
      begin: (wish) => asked.push(wish),
      wasCancelled: (id) => cancelled.has(id),
      failureOf: (id) => failed.get(id) ?? null,
      tell: async (id, say) => say(`✓ test of run ${id}`),
    },
    rules: () => [],
    pushed: (name, changes, { by }) => void pushed.push(`${by.name} ${name} ${changes.length}`),
    problem: (name, message) => void problems.push(`${name}: ${message}`),
    now: () => 1_000_000,
  });
  const app = withZod(fastify());
  app.setErrorHandler(sendError);
  app.decorateRequest('principal', { getter: () => ada });
  app.decorateRequest('from', '127.0.0.1');
  gitRoutes(app, { repositories });
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  t.after(async () => {
    await app.close();
    store.close();
  });
  return { address, repositories, asked, cancelled, failed, problems, pushed, store, folder };
}

/** A clone with one commit for each call of `commit`. */
export async function workTree(t: TestContext, remote: string) {
  const folder = temporary(t);
  const env = { ...gitEnvironment(), GIT_CONFIG_GLOBAL: '/dev/null', GIT_TERMINAL_PROMPT: '0' };
  const git = (...args: string[]) =>
    run('git', ['-C', folder, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args], { env });
  await git('init', '--quiet', '--initial-branch=main');
  await git('remote', 'add', 'escale', remote);
  const commit = async (files: Record<string, string>) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    await git('add', '--all');
    await git('commit', '--quiet', '--allow-empty', '-m', 'change');
    return (await git('rev-parse', 'HEAD')).stdout.trim();
  };
  const push = async (...refs: string[]) => {
    const { stderr } = await git('push', 'escale', ...(refs.length > 0 ? refs : ['main']));
    return stderr;
  };
  return { folder, git, commit, push };
}
