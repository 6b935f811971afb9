import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { ResolvedPipeline, ResolvedSystem } from '../../core/manifest/index.ts';
import type { Language, Packages, Repository, SourceFolder } from '../../core/render/index.ts';
import { npmDevelopmentNeed, npmNeed, type PackageNeed, pythonNeed } from '../artifact/index.ts';

type Need = Omit<PackageNeed, 'key'>;

/** The folder with `.git` at or above a system's folder; outside of git the folder itself. */
export function repositoryTop(folder: string): string {
  for (let at = folder; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, '.git'))) return at;
    if (path.dirname(at) === at) return folder;
  }
}

/** Looks at every folder that a system's programs and steps stand in. `folder` is absolute. */
export function lookAtRepository(
  { system, pipeline }: { system: ResolvedSystem; pipeline: ResolvedPipeline },
  folder: string,
): Repository {
  const top = repositoryTop(folder);
  const programs = [...Object.values(system.services), ...Object.values(system.jobs), ...pipeline.steps];
  const sources = [...new Set(programs.map(({ source }) => source))];
  return {
    system: relative(top, folder),
    sources: Object.fromEntries(sources.map((source) => [source, lookAt(path.resolve(folder, source), top)])),
  };
}

function lookAt(folder: string, top: string): SourceFolder {
  return {
    folder: relative(top, folder),
    language: languageOf(folder),
    packages: packagesOf(npmNeed(folder, top) ?? pythonNeed(folder), folder, top),
    development: packagesOf(npmDevelopmentNeed(folder, top) ?? pythonNeed(folder), folder, top),
  };
}

function languageOf(folder: string): Language | null {
  const names = readdirSync(folder);
  if (names.some((name) => name === 'package.json' || /\.[cm]?[jt]s$/.test(name))) return 'node';
  return names.some((name) => name.endsWith('.py')) ? 'python' : null;
}

function packagesOf(need: Need | null, folder: string, top: string): Packages | null {
  if (need === null) return null;
  const files = need.files.map(([from]) => relative(top, from));
  const root = need.workspace === '.' ? folder : folder.slice(0, -need.workspace.length - 1);
  const names = need.kind === 'npm' ? 'package-lock.json' : 'requirements.txt';
  return {
    language: need.kind === 'npm' ? 'node' : 'python',
    files,
    root: relative(top, root),
    workspace: need.workspace,
    lock: need.locked ? (files.find((file) => path.posix.basename(file) === names) ?? null) : null,
  };
}

function relative(top: string, to: string): string {
  return path.relative(top, to).split(path.sep).join('/') || '.';
}
