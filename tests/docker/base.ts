import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, realpathSync, renameSync } from 'node:fs';
import path from 'node:path';
import { waitFor } from '../e2e/wait.ts';

/** What tests run in containers, beside the node of this project. */
const PROGRAMS = ['sh', 'cat', 'sleep', 'touch', 'id', 'ls'];

/** A root file system of this machine's own programs with what they load, as a tar archive; made once in a folder. */
export async function baseOf(folder: string): Promise<string> {
  const archive = path.join(folder, 'base.tar');
  const root = path.join(folder, 'root');
  if (existsSync(archive)) return archive;
  try {
    mkdirSync(root);
  } catch {
    await waitFor('another test makes it', () => existsSync(archive), 60_000);
    return archive;
  }
  for (const program of PROGRAMS) add(root, realpathSync(pathOf(program)), `bin/${program}`);
  add(root, process.execPath, 'usr/local/bin/node');
  execFileSync('tar', ['--owner=0', '--group=0', '-C', root, '-cf', `${archive}.tmp`, '.']);
  renameSync(`${archive}.tmp`, archive);
  return archive;
}

function pathOf(program: string): string {
  const found = (process.env.PATH ?? '')
    .split(':')
    .map((folder) => path.join(folder, program))
    .find((file) => existsSync(file));
  if (found === undefined) throw new Error(`${program} is not on the PATH`);
  return found;
}

/** A program and the libraries that it loads, as `ldd` names them. */
function add(root: string, file: string, name: string): void {
  put(root, file, name);
  const needs = execFileSync('ldd', [file], { encoding: 'utf8' }).matchAll(/(\/\S+) \(0x/g);
  for (const [, library] of needs) put(root, library!, library!.slice(1));
}

function put(root: string, file: string, name: string): void {
  const target = path.join(root, name);
  mkdirSync(path.dirname(target), { recursive: true });
  if (!existsSync(target)) copyFileSync(file, target);
}
