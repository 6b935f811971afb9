/** Strips the types of every source file that is not in the cache yet. Each appears there whole or not at all. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import path from 'node:path';
import { cache, keptFile, sources } from './stripped.mjs';

mkdirSync(cache, { recursive: true });
for (const name of readdirSync(sources, { recursive: true })) {
  if (!name.endsWith('.ts') || name.endsWith('.test.ts')) continue;
  const file = path.join(sources, name);
  const kept = keptFile(file);
  if (existsSync(kept)) continue;
  const temporary = `${kept}.${process.pid}`;
  writeFileSync(temporary, module.stripTypeScriptTypes(readFileSync(file, 'utf8')));
  renameSync(temporary, kept);
}
