import type { Packages } from './repository.ts';

/** What installs the packages of a folder, as words. With `development` all of them, whatever `NODE_ENV` says. */
export function installWords(packages: Packages, { development }: { development: boolean }): string[] {
  return packages.language === 'node' ? npmWords(packages, development) : pipWords(development);
}

function npmWords({ lock, workspace }: Packages, development: boolean): string[] {
  const command = lock === null ? 'install' : 'ci';
  const only = development || workspace === '.' ? [] : ['--workspace', workspace];
  return ['npm', command, development ? '--include=dev' : '--omit=dev', ...only, '--no-audit', '--no-fund'];
}

function pipWords(development: boolean): string[] {
  const python = development ? 'python3' : '/opt/venv/bin/python';
  return [python, '-m', 'pip', 'install', '-r', 'requirements.txt'];
}
