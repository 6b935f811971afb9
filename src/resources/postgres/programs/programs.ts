import path from 'node:path';
import { postgresPackage } from '../../../host/index.ts';
import { restoreLinks } from './links.ts';

/** The programs of PostgreSQL that came through npm, ready to be started. */
export interface Programs {
  initdb: string;
  postgres: string;
  /** Of the package, which also names the template: `18.4.0-beta.17`. */
  version: string;
  /** As a data folder's PG_VERSION says it: `18`. */
  major: string;
  /** What their processes need in their environment. */
  env: Record<string, string>;
  /** Folders that whoever runs them must be able to read. */
  mustReach: string[];
}

/**
 * Finds them; `cache` is a folder for what can be made again, `top` the package's. Throws `resource-program` where there are none for this
 * platform.
 */
export function findPrograms(cache: string, top?: string): Programs {
  const { folder, version, major } = postgresPackage(top);
  const native = path.join(folder, 'native');
  const extra = restoreLinks(native, path.join(cache, `libraries-${version}-${process.arch}`));
  return {
    initdb: path.join(native, 'bin', 'initdb'),
    postgres: path.join(native, 'bin', 'postgres'),
    version,
    major,
    env: { ...ENVIRONMENT, ...librariesIn(native, extra) },
    mustReach: [native, ...(extra === null ? [] : [extra])],
  };
}

/** Messages in English and times in UTC, whatever the host speaks. */
const ENVIRONMENT = { LANG: 'C', LC_ALL: 'C', TZ: 'UTC' };

/** Libraries are found beside the programs; with links elsewhere, those among them that need each other are not. */
function librariesIn(native: string, extra: string | null): Record<string, string> {
  return extra === null ? {} : { LD_LIBRARY_PATH: `${extra}:${path.join(native, 'lib')}` };
}
