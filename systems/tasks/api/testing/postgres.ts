import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import type { Owner } from './instance.ts';

const programs = globSync('/usr/lib/postgresql/*/bin').sort().at(-1);

/** For a test's `skip`: false, or why it can't run with a PostgreSQL of its own. */
export const withoutPostgres = process.env.TASKS_API_URL
  ? 'the API of TASKS_API_URL is tested: this one kills processes of its own'
  : programs === undefined && 'no PostgreSQL here (Debian: apt install postgresql)';

/** A real PostgreSQL server with an empty data folder of its own, on a unix socket. */
export interface Postgres {
  /** Makes an empty database and returns its `DATABASE_URL`. */
  createDatabase: () => Promise<string>;
  /** Kills it without a warning; resolves when it is gone. */
  kill: () => Promise<void>;
  /** Starts it again on the same data. */
  start: () => Promise<void>;
}

/** Starts one; it ends with its owner, and its data with it. */
export async function startPostgres(owner: Owner): Promise<Postgres> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tasks-postgres-'));
  const identity = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  if (identity.uid) chownSync(folder, identity.uid, identity.gid);
  const initdb = [
    '-D',
    `${folder}/data`,
    '-U',
    'tasks',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
  ];
  const { status, stderr } = spawnSync(`${programs}/initdb`, initdb, {
    ...identity,
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`initdb: ${stderr}`);

  let server: ChildProcess | null = null;
  const start = async () => {
    const args = ['-D', `${folder}/data`, '-k', folder, '-c', 'listen_addresses=', '-c', 'fsync=off'];
    server = spawn(`${programs}/postgres`, args, {
      ...identity,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await untilReady(server);
  };
  const kill = async () => {
    if (!server || server.exitCode !== null) return;
    const gone = once(server, 'exit');
    server.kill('SIGQUIT');
    await gone;
  };
  owner.after(async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  });
  await start();
  return { createDatabase: databaseMaker(folder), kill, start };
}

async function untilReady(server: ChildProcess): Promise<void> {
  let output = '';
  for await (const chunk of server.stderr!.iterator({ destroyOnReturn: false })) {
    output += chunk;
    if (output.includes('ready to accept connections')) {
      server.stderr!.resume();
      return;
    }
  }
  throw new Error(`PostgreSQL did not start: ${output}`);
}

function databaseMaker(folder: string): () => Promise<string> {
  const urlOf = (name: string) => `postgres://tasks@localhost/${name}?host=${encodeURIComponent(folder)}`;
  let made = 0;
  return async () => {
    const name = `tasks_${++made}`;
    const client = new Client({ connectionString: urlOf('postgres') });
    await client.connect();
    await client.query(`create database ${name}`);
    await client.end();
    return urlOf(name);
  };
}
