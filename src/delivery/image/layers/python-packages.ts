import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Component, PACKAGES_FOLDER } from '../../../core/image/index.ts';
import type { Entry } from '../tar/index.ts';
import { folderEntries } from './walk.ts';

const VENV = '.venv';
const IN_IMAGE = `${PACKAGES_FOLDER}/${VENV}`;

/** What pip installed, as a virtual environment of the image's own Python: nothing in it names this host. */
export function pythonPackageEntries(installed: string): Entry[] {
  const venv = path.join(installed, VENV);
  if (!existsSync(venv)) return [];
  return [
    text('pyvenv.cfg', 'home = /usr/bin\ninclude-system-site-packages = true\n'),
    { path: `${IN_IMAGE}/bin/python3`, type: 'link', target: '/usr/bin/python3' },
    { path: `${IN_IMAGE}/bin/python`, type: 'link', target: 'python3' },
    ...scripts(venv),
    ...libraries(venv),
  ];
}

function text(name: string, content: string, mode = 0o644): Entry {
  return { path: `${IN_IMAGE}/${name}`, type: 'file', mode, content: { bytes: Buffer.from(content) } };
}

/** Programs of packages start the image's Python instead of this host's. */
function scripts(venv: string): Entry[] {
  return pythonScripts(venv).map(({ name, content }) => text(`bin/${name}`, content, 0o755));
}

export function pythonScripts(venv: string): { name: string; content: string }[] {
  const bin = path.join(venv, 'bin');
  return readdirSync(bin, { withFileTypes: true }).flatMap((found) => {
    if (!found.isFile() || /^pip[\d.]*$/.test(found.name)) return [];
    const content = withOwnPython(readFileSync(path.join(bin, found.name), 'utf8'));
    return content === null ? [] : [{ name: found.name, content }];
  });
}

/** Null: no script of Python’s. Where the path is long, pip lets a shell find Python (three lines). */
export function withOwnPython(script: string): string | null {
  const match =
    /^#!\S*\/bin\/python[\d.]*\n|^#!\/bin\/sh\n'''exec' .*\/bin\/python[\d.]*"? "\$0" "\$@"\n' '''\n/.exec(
      script,
    );
  return match === null ? null : `#!/${IN_IMAGE}/bin/python3\n${script.slice(match[0].length)}`;
}

/** Without pip itself, compiled code (which holds times) and notes of where a package came from. */
const LEFT_OUT =
  /(?:^|\/)(?:__pycache__|direct_url\.json)$|^(?:pip|setuptools|pkg_resources|_distutils_hack|distutils-precedence\.pth)$|^(?:pip|setuptools)-[^/]+\.dist-info$/;

function libraries(venv: string): Entry[] {
  return siteFolders(venv).flatMap((site) =>
    folderEntries({
      from: path.join(venv, site),
      to: `${IN_IMAGE}/${site}`,
      leaveOut: (name) => LEFT_OUT.test(name),
    }).map(withoutHost),
  );
}

function siteFolders(venv: string): string[] {
  const lib = path.join(venv, 'lib');
  return readdirSync(lib)
    .filter((name) => /^python3\.\d+$/.test(name))
    .map((name) => `lib/${name}/site-packages`);
}

/** The list of a package's files has digests of scripts that name this host, and of compiled code. */
function withoutHost(entry: Entry): Entry {
  if (entry.type !== 'file' || !/\.dist-info\/RECORD$/.test(entry.path) || !('file' in entry.content))
    return entry;
  const lines = readFileSync(entry.content.file, 'utf8').split('\n');
  const kept = lines.filter((line) => !/^\.\.\/|__pycache__|direct_url\.json/.test(line));
  return { ...entry, content: { bytes: Buffer.from(kept.join('\n')) } };
}

/** What pip installed, as each package's own notes say. */
export function pythonComponents(installed: string): Component[] {
  const venv = path.join(installed, VENV);
  if (!existsSync(venv)) return [];
  return siteFolders(venv).flatMap((site) =>
    readdirSync(path.join(venv, site))
      .filter((name) => name.endsWith('.dist-info') && !LEFT_OUT.test(name))
      .flatMap((name) => componentIn(path.join(venv, site, name, 'METADATA'))),
  );
}

function componentIn(file: string): Component[] {
  const [head = ''] = existsSync(file) ? readFileSync(file, 'utf8').split('\n\n') : [];
  const field = (name: string) => new RegExp(`^${name}: *(.+)$`, 'm').exec(head)?.[1]?.trim() ?? null;
  const [name, version] = [field('Name'), field('Version')];
  if (name === null || version === null) return [];
  return [{ kind: 'pypi', name: name.toLowerCase(), version, license: field('License-Expression') }];
}
