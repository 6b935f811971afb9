import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { homeLayout } from '../../src/core/home/index.ts';
import { imageSource } from '../../src/server/image-source.ts';
import { waitFor } from '../e2e/wait.ts';

/** What tests run in containers, beside the node of this project. */
const PROGRAMS = ['sh', 'cat', 'sleep', 'touch', 'id', 'ls'];

/**
 * A root file system of this machine's own programs with what they load, as a tar archive; made once in a folder, and made
 * a layer in the cache that all tests share.
 */
export async function baseOf(folder: string, images: string): Promise<string> {
  const archive = path.join(folder, 'base.tar');
  const ready = path.join(folder, 'base.ready');
  const root = path.join(folder, 'root');
  if (existsSync(ready)) return archive;
  try {
    mkdirSync(root);
  } catch {
    await waitFor('another test makes it', () => existsSync(ready), 120_000);
    return archive;
  }
  for (const program of PROGRAMS) add(root, realpathSync(pathOf(program)), `bin/${program}`);
  add(root, process.execPath, 'usr/local/bin/node');
  execFileSync('tar', ['--owner=0', '--group=0', '-C', root, '-cf', archive, '.']);
  await packOnce(folder, archive, images);
  writeFileSync(ready, '');
  return archive;
}

/** The first image takes long, and no test that is about something else should wait for it. */
async function packOnce(folder: string, base: string, images: string): Promise<void> {
  const home = path.join(folder, 'home');
  const artifact = path.join(home, 'artifacts', 'nothing');
  mkdirSync(artifact, { recursive: true });
  writeFileSync(path.join(artifact, 'main.mjs'), '');
  shareImages(home, images);
  const source = imageSource(homeLayout(home, folder), `tar:${base}`);
  const names = { system: 'nothing', service: 'nothing', tag: 'nothing:1' };
  await buffer(source.archive({ artifact, command: ['node', 'main.mjs'], isOwn: false, ...names }));
}

/** What images are made of is the same for all tests of a run. */
export function shareImages(home: string, images: string): void {
  mkdirSync(images, { recursive: true, mode: 0o700 });
  mkdirSync(path.join(home, 'cache'), { recursive: true, mode: 0o700 });
  if (!existsSync(path.join(home, 'cache', 'images')))
    symlinkSync(images, path.join(home, 'cache', 'images'));
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
