/**
 * Preloaded before everything: runs this repository's TypeScript from a cache of stripped files, so that a process
 * that lives for months does not keep the compiler in memory (12 MB each) and a command starts sooner.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import module from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cache, keptFile, sources } from './stripped.mjs';

module.registerHooks({
  load(url, context, next) {
    if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
    const file = fileURLToPath(url);
    if (!file.startsWith(sources + path.sep)) return next(url, context);
    return { format: 'module', source: stripped(file), shortCircuit: true };
  },
});
module.enableCompileCache?.(path.join(cache, 'compiled'));

/** From the cache; where it is missing there, a short-lived process strips everything that is. */
function stripped(file) {
  const kept = read(keptFile(file)) ?? (fillCache() ? read(keptFile(file)) : null);
  return kept ?? module.stripTypeScriptTypes(readFileSync(file, 'utf8'));
}

/** False where nothing can be written: each process then strips for itself. */
function fillCache() {
  const script = path.join(import.meta.dirname, 'strip-sources.mjs');
  return (
    spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', script], { stdio: 'ignore' })
      .status === 0
  );
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
