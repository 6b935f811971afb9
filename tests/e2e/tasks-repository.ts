import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '..', '..');
const TASKS = 'systems/tasks';
const WORKSPACES = ['api', 'web'];

/** One of npm's lock file: a package at its place below the root. */
interface LockEntry {
  resolved?: string;
  link?: boolean;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

type Lock = Record<string, LockEntry>;

/** One instance each and fast tests only, so that a test has time to push several times. */
const DELIVERY = `  pipeline: {
    test: { source: './api', command: 'node --test todo-backend.test.ts', uses: ['db'] },
    quality: false,
  },
  environments: { staging: { branch: 'main' }, production: { promoteFrom: 'staging' } },
`;

/**
 * `systems/tasks` in a folder, as a repository of its own has it, without its weather: its packages are workspaces, and
 * the lock file is that of this repository without what other systems need. It is delivered to staging and promoted.
 */
export function tasksRepository(folder: string): void {
  const isTaken = (file: string) => !/node_modules|tasks\/weather/.test(file);
  cpSync(path.join(ROOT, TASKS), folder, { recursive: true, filter: isTaken });
  edit(path.join(folder, 'escale.config.ts'), [
    [/ {4}weather: \{[\s\S]*?\n {4}\},\n/, ''],
    [/ {2}pipeline: \{[\s\S]*?\n {2}\},\n/, DELIVERY],
    [", 'weather.localhost': 'weather'", ''],
    ["'api', 'weather'", "'api'"],
    [/replicas: 2/g, 'replicas: 1'],
  ]);
  const own = { name: 'tasks', version: '1.0.0', private: true, workspaces: WORKSPACES };
  const packages: Lock = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')).packages;
  const { private: _, ...top } = own;
  const lock = { name: own.name, lockfileVersion: 3, packages: { '': top, ...neededOf(packages) } };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify(own));
  writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify(lock));
}

/** Changes a file; fails where it is not what is to be changed. */
export function edit(file: string, changes: [from: string | RegExp, to: string][]): void {
  let text = readFileSync(file, 'utf8');
  for (const [from, to] of changes) {
    const changed = text.replace(from, () => to);
    assert.notEqual(changed, text, `${file} has ${from}`);
    text = changed;
  }
  writeFileSync(file, text);
}

/** What the workspaces need, directly or not, at the places where it is. */
function neededOf(packages: Lock): Lock {
  const needed: Lock = {};
  const take = (place: string): void => {
    const entry = packages[place];
    const name = shortened(place);
    if (entry === undefined || needed[name] !== undefined) return;
    needed[name] = entry.link ? { ...entry, resolved: shortened(entry.resolved!) } : entry;
    for (const dependency of dependenciesOf(entry)) take(placeOf(dependency, place, packages));
  };
  for (const workspace of WORKSPACES) {
    take(`${TASKS}/${workspace}`);
    take(`node_modules/@escale/tasks-${workspace}`);
  }
  return needed;
}

function shortened(place: string): string {
  return place.startsWith(`${TASKS}/`) ? place.slice(TASKS.length + 1) : place;
}

function dependenciesOf(entry: LockEntry): string[] {
  const { dependencies, devDependencies, optionalDependencies, peerDependencies } = entry;
  return Object.keys({
    ...dependencies,
    ...devDependencies,
    ...optionalDependencies,
    ...peerDependencies,
  });
}

/** Where Node finds a package from another one's place: in the nearest `node_modules` of it or above it. */
function placeOf(name: string, from: string, packages: Lock): string {
  for (let folder = from; ; folder = folder.includes('/') ? path.posix.dirname(folder) : '') {
    const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (packages[place] !== undefined || folder === '') return place;
  }
}
