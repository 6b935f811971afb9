import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Component, PACKAGES_FOLDER } from '../../../core/image/index.ts';
import type { Entry } from '../tar/index.ts';
import { folderEntries, staysInside } from './walk.ts';

/** Installed packages, below `/packages`; without npm's settings, which may hold a token, and its caches. */
export function nodePackageEntries(installed: string): Entry[] {
  return folderEntries({
    from: installed,
    to: PACKAGES_FOLDER,
    leaveOut: (name) => isLeftOut(name),
    link: (name, target) => (staysInside(name, target) ? target : null),
  });
}

function isLeftOut(name: string): boolean {
  return (
    name === '.npmrc' ||
    name === 'package-lock.json' ||
    /(?:^|\/)node_modules\/\.(?:cache|package-lock\.json)$/.test(name)
  );
}

interface LockedPackage {
  version?: string;
  resolved?: string;
  integrity?: string;
  license?: string;
  link?: boolean;
}

/** What npm installed, as its own list in `node_modules` says. */
export function nodeComponents(installed: string): Component[] {
  const list = path.join(installed, 'node_modules', '.package-lock.json');
  const { packages = {} } = readList(list);
  return Object.entries(packages).flatMap(([place, found]): Component[] => {
    const name = place.split('node_modules/').at(-1)!;
    if (found.link || found.version === undefined || !place.includes('node_modules/')) return [];
    return [
      {
        kind: 'npm',
        name,
        version: found.version,
        license: found.license ?? null,
        ...(found.integrity !== undefined && { integrity: found.integrity }),
      },
    ];
  });
}

function readList(file: string): { packages?: Record<string, LockedPackage> } {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}
