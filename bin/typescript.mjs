/**
 * Preloaded before everything: runs this repository's TypeScript from a cache of stripped files, so that a process
 * that lives for months does not keep the compiler in memory (12 MB each) and a command starts sooner. Commands come
 * from few files that hold them all, where those are current.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import module from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleBeside, bundled, entry } from './commands.mjs';
import { cache, keptFile, sources } from './stripped.mjs';

module.registerHooks({
  load(url, context, next) {
    if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
    const file = fileURLToPath(url);
    if (!file.startsWith(sources + path.sep)) return next(url, context);
    const source = (file === entry && startOfBundle()) || stripped(file);
    return { format: 'module', source, shortCircuit: true };
  },
});
module.enableCompileCache?.(path.join(cache, 'compiled'));

function startOfBundle() {
  const file = bundled();
  if (file !== null) return `import ${JSON.stringify(pathToFileURL(file).href)};`;
  bundleBeside();
  return null;
}

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
