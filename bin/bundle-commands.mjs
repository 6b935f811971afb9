/**
 * Puts the commands with all that they import into few files. They appear whole or not at all; somebody who does the
 * same at the same time is left alone. Places of sources are written into them: what is found beside a source stays there.
 */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { entry, folder, index, stateOf } from './commands.mjs';
import { root } from './stripped.mjs';

/** Commands that still run may come back to theirs. */
const KEPT = 5;
const LOCK_MS = 60_000;

os.setPriority(os.constants.priority.PRIORITY_LOW);
mkdirSync(folder, { recursive: true });
const lock = path.join(folder, 'lock');
if (take()) {
  try {
    await bundle();
    forgetOld();
  } finally {
    rmSync(lock, { force: true });
  }
}

async function bundle() {
  const began = Date.now();
  const made = mkdtempSync(path.join(folder, 'made-'));
  const build = await rolldown({
    input: { main: entry },
    platform: 'node',
    plugins: [{ name: 'places', transform: withPlaces }],
  });
  const names = { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' };
  const { output } = await build.write({
    dir: made,
    sourcemap: true,
    sourcemapPathTransform: (source, map) => path.resolve(path.dirname(map), source),
    ...names,
  });
  const inputs = [...new Set(output.flatMap((chunk) => chunk.moduleIds ?? []))]
    .filter((id) => path.isAbsolute(id) && !id.includes('/node_modules/'))
    .map((id) => stateOf(path.relative(root, id)));
  inputs.push(stateOf('package-lock.json'));
  // What was written to meanwhile may have been read before that.
  if (inputs.some(([, mtimeMs]) => mtimeMs >= began)) return;
  const file = path.join(path.basename(made), 'main.mjs');
  writeFileSync(`${index}.${process.pid}`, JSON.stringify({ runtime: process.version, file, inputs }));
  renameSync(`${index}.${process.pid}`, index);
}

function withPlaces(code, id) {
  if (!code.includes('import.meta.')) return null;
  const placed = code
    .replaceAll('import.meta.dirname', JSON.stringify(path.dirname(id)))
    .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href));
  return { code: placed, map: null };
}

function take() {
  try {
    writeFileSync(lock, '', { flag: 'wx' });
    return true;
  } catch {
    if (Date.now() - statSync(lock).mtimeMs < LOCK_MS) return false;
    writeFileSync(lock, '');
    return true;
  }
}

function forgetOld() {
  const made = readdirSync(folder)
    .filter((name) => name.startsWith('made-'))
    .map((name) => path.join(folder, name))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const old of made.slice(KEPT)) rmSync(old, { recursive: true, force: true });
}
