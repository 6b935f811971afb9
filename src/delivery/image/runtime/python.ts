import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { EscaleError } from '../../../core/errors/index.ts';
import type { Component } from '../../../core/image/index.ts';

/** Packages that pip installed are for one Python: that of the image must be the same. Throws `image-command`. */
export function checkPython(installed: string, components: Component[]): void {
  const lib = path.join(installed, '.venv', 'lib');
  const ours = components.map(({ name }) => /^python(3\.\d+)-minimal$/.exec(name)?.[1]).find(Boolean);
  if (ours === undefined || !existsSync(lib)) return;
  const theirs = readdirSync(lib).find((name) => /^python3\.\d+$/.test(name));
  if (theirs === undefined || theirs === `python${ours}`) return;
  throw new EscaleError(
    'image-command',
    `the packages were installed for ${theirs}, and the image has Debian’s python${ours}`,
    {
      next: `Build where python3 is ${ours} (the one in /usr/bin), or give a base with ${theirs} by --base.`,
    },
  );
}
