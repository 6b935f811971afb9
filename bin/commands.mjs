/** The commands in few files instead of four hundred, so that each starts sooner: where they are, and whether they still say what the sources say. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { cache, root, sources } from './stripped.mjs';

export const entry = path.join(sources, 'cli', 'main.ts');

/** One for each clone: several may share their packages. */
const name = `commands-${createHash('sha256').update(root).digest('hex').slice(0, 12)}`;

/** Folder of all that were made of this clone. */
export const folder = path.join(cache, name);

/** Says which one is the newest: `{runtime, file, inputs: [[path, mtimeMs, size]]}`, paths below the root. */
export const index = path.join(folder, 'index.json');

/** The file to start instead of the entry; null: there is none, or something has changed since. */
export function bundled() {
  try {
    const { runtime, file, inputs } = JSON.parse(readFileSync(index, 'utf8'));
    const isCurrent = runtime === process.version && inputs.every(isUnchanged);
    return isCurrent ? path.join(folder, file) : null;
  } catch {
    return null;
  }
}

/** What tells whether a file has changed. */
export function stateOf(file) {
  const { mtimeMs, size } = statSync(path.join(root, file));
  return [file, mtimeMs, size];
}

function isUnchanged([file, mtimeMs, size]) {
  const now = statSync(path.join(root, file));
  return now.mtimeMs === mtimeMs && now.size === size;
}

/** Has them made anew, beside whoever asks; nothing of that one is handed on. */
export function bundleBeside() {
  const script = path.join(import.meta.dirname, 'bundle-commands.mjs');
  const child = spawn(process.execPath, [script], { cwd: '/', env: {}, stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
