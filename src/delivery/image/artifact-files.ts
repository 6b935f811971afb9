import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { requirementNames } from '../artifact/packages.ts';
import type { Files } from './build.ts';

/** A kept artifact as `Images.build` takes it, with the folder of its packages, which its links tell. `packages`: the store of all. */
export function artifactFiles(
  artifact: { digest: string; folder: string },
  packages: string,
): { files: Files; installed: string | null } {
  const installed = installedOf(artifact.folder, packages);
  const kind = kindOf(artifact.folder);
  return { files: { kind: 'artifact', ...artifact, packages: kind }, installed };
}

function kindOf(folder: string): 'npm' | 'python' | null {
  if (lstatSync(path.join(folder, 'node_modules'), { throwIfNoEntry: false })) return 'npm';
  const requirements = path.join(folder, 'requirements.txt');
  if (!existsSync(requirements)) return null;
  return requirementNames(readFileSync(requirements, 'utf8')).length > 0 ? 'python' : null;
}

/** The first folder below the store that a link of the artifact leads into. */
function installedOf(folder: string, packages: string): string | null {
  for (const name of ['node_modules', '.venv']) {
    const target = linkIn(path.join(folder, name));
    const [key = '..'] = target === null ? [] : path.relative(packages, target).split(path.sep);
    if (key !== '..' && key !== '') return path.join(packages, key);
  }
  return null;
}

/** Where a link leads to; of a folder of links (packages of a workspace) the first of them. */
function linkIn(place: string): string | null {
  const stat = lstatSync(place, { throwIfNoEntry: false });
  if (stat?.isSymbolicLink()) return readlinkSync(place);
  if (!stat?.isDirectory()) return null;
  const inner = readdirSync(place).map((name) => linkIn(path.join(place, name)));
  return inner.find((target) => target !== null) ?? null;
}
