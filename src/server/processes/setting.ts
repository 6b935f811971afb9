import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Home, homeLayout, homeRoot } from '../../core/home/index.ts';
import { readServerFile, type ServerFile } from './server-file.ts';
import { readTargetFile, type TargetFile } from './target-file.ts';

/** What the three processes share: where they stand and which ports are theirs. */
export interface Setting {
  home: Home;
  /** Unique name of this Escale on this host. */
  owner: string;
  httpPort: number;
  server: ServerFile;
  /** Null: this host has a control plane of its own. */
  target: TargetFile | null;
}

/** Of a gateway where nothing else was said. */
export const DEFAULT_HTTP_PORT = 8080;

/** Reads the environment; makes the home's folders where they are missing. */
export function readSetting(env: NodeJS.ProcessEnv = process.env): Setting {
  const home = homeLayout(homeRoot(env, os.homedir()), os.tmpdir());
  mkdirSync(home.root, { recursive: true, mode: 0o711 });
  mkdirSync(home.run, { recursive: true, mode: 0o700 });
  for (const folder of [home.logs, home.cache, home.gateway, home.backups, home.secrets, home.repositories])
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const folder of [home.volumes, home.resources, home.pipelines])
    mkdirSync(folder, { recursive: true, mode: 0o711 });
  const server = readServerFile(home);
  const httpPort = httpPortOf(env, server.port ?? DEFAULT_HTTP_PORT);
  return { home, owner: ownerOf(home), httpPort, server, target: readTargetFile(home) };
}

/** `ESCALE_HTTP_PORT`, or what the server's file says, or 8080. */
export function httpPortOf(env: NodeJS.ProcessEnv, usual = DEFAULT_HTTP_PORT): number {
  const text = env.ESCALE_HTTP_PORT;
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : usual;
}

/** Where a host's pages are, without a slash at its end. */
export function webAddress(host: string, httpPort: number): string {
  return `http://${host}${httpPort === 80 ? '' : `:${httpPort}`}`;
}

function ownerOf(home: Home): string {
  return readOrMakeToken(path.join(home.root, 'id'), 6);
}

/** A random word in a file of mode 0600. Two that make it at once agree on one: a link appears whole or not at all. */
export function readOrMakeToken(file: string, bytes = 24): string {
  const known = readId(file);
  if (known !== null) return known;
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, randomBytes(bytes).toString('hex'), { mode: 0o600 });
  try {
    linkSync(temporary, file);
  } catch {
    // Another process was first.
  } finally {
    rmSync(temporary, { force: true });
  }
  return readId(file)!;
}

function readId(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim() || null;
  } catch {
    return null;
  }
}
