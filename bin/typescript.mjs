/**
 * Preloaded before everything: runs this repository's TypeScript from a cache of stripped files, so that a process
 * that lives for months does not keep the compiler in memory (12 MB each) and a command starts sooner.
 * What is not in the cache is stripped by Node itself, then kept.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(import.meta.dirname);
const cache = path.join(root, 'node_modules', '.cache', 'escale');
const sources = path.join(root, 'src') + path.sep;

module.registerHooks({
  load(url, context, next) {
    if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
    const file = fileURLToPath(url);
    if (!file.startsWith(sources)) return next(url, context);
    return { format: 'module', source: stripped(file), shortCircuit: true };
  },
});
module.enableCompileCache?.(path.join(cache, 'compiled'));

function stripped(file) {
  const { mtimeMs, size } = statSync(file);
  const name = createHash('sha256').update(`${process.version} ${file} ${mtimeMs} ${size}`).digest('hex');
  const kept = path.join(cache, `${name.slice(0, 40)}.js`);
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    const text = module.stripTypeScriptTypes(readFileSync(file, 'utf8'));
    keep(kept, text);
    return text;
  }
}

/** Whole or not at all; where nothing can be written it is stripped again next time. */
function keep(file, text) {
  try {
    mkdirSync(cache, { recursive: true });
    writeFileSync(`${file}.${process.pid}`, text);
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // A read-only installation.
  }
}
