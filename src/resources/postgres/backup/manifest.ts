import { createHash } from 'node:crypto';

/** What a server says about the files of a base backup (postgresql.org/docs/18/backup-manifest-format.html). */
export interface Manifest {
  /** By name in the archive. */
  files: Map<string, { bytes: number; sha256: string }>;
  /** Names of the log's files without which the copy can't be started. */
  log: string[];
}

interface ManifestJson {
  Files: {
    Path?: string;
    'Encoded-Path'?: string;
    Size: number;
    'Checksum-Algorithm'?: string;
    Checksum?: string;
  }[];
  'WAL-Ranges': { Timeline: number; 'Start-LSN': string; 'End-LSN': string }[];
}

/** Reads one and checks it against its own checksum. Throws a plain `Error` that says what is wrong. */
export function readManifest(text: string): Manifest {
  const cut = text.lastIndexOf('"Manifest-Checksum"');
  const own = createHash('sha256').update(text.slice(0, cut)).digest('hex');
  if (cut === -1 || text.slice(cut) !== `"Manifest-Checksum": "${own}"}\n`)
    throw new Error('its list of files was changed');
  const json = JSON.parse(text) as ManifestJson;
  return { files: new Map(json.Files.map(fileOf)), log: json['WAL-Ranges'].flatMap(logFiles) };
}

function fileOf(file: ManifestJson['Files'][number]): [string, { bytes: number; sha256: string }] {
  const name = file.Path ?? Buffer.from(file['Encoded-Path'] ?? '', 'hex').toString('utf8');
  if (file['Checksum-Algorithm'] !== 'SHA256' || file.Checksum === undefined)
    throw new Error(`its list of files has no SHA-256 of ${name}`);
  return [name, { bytes: file.Size, sha256: file.Checksum }];
}

/** Bytes of one file of the log, which initdb settled. */
export const LOG_FILE_BYTES = 16n * 1024n * 1024n;
/** One number of a file's name stands for 4 GiB. */
const FILES_PER_NUMBER = 0x1_0000_0000n / LOG_FILE_BYTES;

/** Files that hold the log from the start to the end of a copy: `pg_wal/000000010000000000000002`. */
function logFiles({ Timeline, ...range }: ManifestJson['WAL-Ranges'][number]): string[] {
  const first = position(range['Start-LSN']) / LOG_FILE_BYTES;
  // The end is where the next record would begin: at a file's very start it belongs to the file before.
  const last = (position(range['End-LSN']) - 1n) / LOG_FILE_BYTES;
  return Array.from({ length: Number(last - first) + 1 }, (_, index) => {
    const file = first + BigInt(index);
    const parts = [BigInt(Timeline), file / FILES_PER_NUMBER, file % FILES_PER_NUMBER];
    return `pg_wal/${parts.map((part) => part.toString(16).toUpperCase().padStart(8, '0')).join('')}`;
  });
}

/** `0/2000028` as a number of bytes. */
function position(text: string): bigint {
  const [high, low] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}
