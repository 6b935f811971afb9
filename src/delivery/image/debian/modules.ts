import { readFileSync } from 'node:fs';
import { EscaleError } from '../../../core/errors/index.ts';
import { requirementNames } from '../../artifact/packages.ts';
import { runTool } from '../run-tool.ts';

const PLACES = `import sys, importlib.metadata as m
for name in sys.argv[1:]: print(m.distribution(name)._path)`;

/** Debian's packages that hold the Python modules of a requirements file, where this host has them from Debian. */
export async function debianModules(requirements: string): Promise<string[]> {
  const names = requirementNames(readFileSync(requirements, 'utf8'));
  const places = await said('python3', ['-c', PLACES, ...names]);
  const owners = await said('dpkg-query', ['--search', ...places.split('\n').filter(Boolean)]);
  const packages = owners
    .split('\n')
    .flatMap((line) => /^([a-z0-9][a-z0-9.+-]+)(?::\w+)?: /.exec(line)?.[1] ?? []);
  return [...new Set(packages)].sort();
}

async function said(program: string, args: string[]): Promise<string> {
  const printed = await runTool(program, args).catch((error: Error) => {
    throw new EscaleError(
      'debian-packages',
      `the Python modules that are installed here are not Debian's: ${error.message}`,
      { next: 'Let pip install them: in requirements.txt, pin versions that Debian does not have.' },
    );
  });
  if (printed === null) throw new EscaleError('debian-packages', `${program} is not here`);
  return printed.toString();
}
