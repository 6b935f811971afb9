/** One block of a tar archive (POSIX pax format, IEEE Std 1003.1, "pax Interchange Format"). */
export const BLOCK = 512;

/** What stands in a header, apart from its time, which is always 1970: layers are equal where files are. */
export interface Header {
  /** Relative, `/`-separated; of a folder without the slash at its end. */
  path: string;
  type: 'file' | 'folder' | 'link' | 'hardlink';
  mode: number;
  size: number;
  /** Of links. */
  target: string;
  uid: number;
  gid: number;
}

const TYPES = { file: '0', hardlink: '1', link: '2', folder: '5' } as const;
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
/** Largest size that eleven octal digits hold. */
const MOST_OCTAL = 0o77777777777;

/** The header's blocks: one, or three and more where a name is long or not plain ASCII. */
export function headerBlocks(header: Header): Buffer {
  const name = header.type === 'folder' ? `${header.path}/` : header.path;
  const split = splitName(name);
  const records = {
    ...(split === null && { path: name }),
    ...(!fits(header.target, NAME_BYTES) && { linkpath: header.target }),
    ...(header.size > MOST_OCTAL && { size: String(header.size) }),
  };
  const plain = ustar(header, split ?? { name: shortened(name), prefix: '' });
  return Object.keys(records).length === 0 ? plain : Buffer.concat([paxBlocks(records), plain]);
}

/** At most 100 bytes, and before the last slash that leaves so many at most 155 more; null where that can't be. */
function splitName(name: string): { name: string; prefix: string } | null {
  if (!isAscii(name)) return null;
  if (name.length <= NAME_BYTES) return { name, prefix: '' };
  const slash = name.indexOf('/', name.length - NAME_BYTES - 1);
  if (slash <= 0 || slash > PREFIX_BYTES || slash === name.length - 1) return null;
  return { name: name.slice(slash + 1), prefix: name.slice(0, slash) };
}

function fits(text: string, bytes: number): boolean {
  return isAscii(text) && text.length <= bytes;
}

function isAscii(text: string): boolean {
  return /^[\x01-\x7f]*$/.test(text);
}

/** What a reader that knows no pax would take. */
function shortened(name: string): string {
  return name.replaceAll(/[^\x20-\x7e]/g, '_').slice(-NAME_BYTES + 1);
}

function ustar(header: Header, { name, prefix }: { name: string; prefix: string }): Buffer {
  return block({
    name,
    prefix,
    type: TYPES[header.type],
    mode: header.mode,
    size: header.size > MOST_OCTAL ? 0 : header.size,
    target: fits(header.target, NAME_BYTES) ? header.target : shortened(header.target),
    uid: header.uid,
    gid: header.gid,
  });
}

interface Fields {
  name: string;
  prefix: string;
  type: string;
  mode: number;
  size: number;
  target: string;
  uid: number;
  gid: number;
}

function block({ name, prefix, type, mode, size, target, uid, gid }: Fields): Buffer {
  const bytes = Buffer.alloc(BLOCK);
  bytes.write(name, 0, NAME_BYTES, 'latin1');
  octal(bytes, mode, 100, 8);
  octal(bytes, uid, 108, 8);
  octal(bytes, gid, 116, 8);
  octal(bytes, size, 124, 12);
  octal(bytes, 0, 136, 12);
  bytes.write(type, 156, 'latin1');
  bytes.write(target, 157, NAME_BYTES, 'latin1');
  bytes.write('ustar\x0000', 257, 'latin1');
  octal(bytes, 0, 329, 8);
  octal(bytes, 0, 337, 8);
  bytes.write(prefix, 345, PREFIX_BYTES, 'latin1');
  bytes.fill(' ', 148, 156);
  octal(bytes, checksum(bytes), 148, 7);
  return bytes;
}

function octal(bytes: Buffer, value: number, at: number, length: number): void {
  bytes.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, length, 'latin1');
}

/** Sum of all bytes, those of the checksum itself counted as spaces. */
export function checksum(bytes: Buffer): number {
  let sum = 8 * 0x20;
  for (let at = 0; at < BLOCK; at++) if (at < 148 || at >= 156) sum += bytes[at]!;
  return sum;
}

function paxBlocks(records: Record<string, string>): Buffer {
  const body = Buffer.concat(Object.entries(records).map(([key, value]) => paxRecord(key, value)));
  const head = block({
    ...{ name: 'pax/header', prefix: '', type: 'x', mode: 0o644 },
    ...{ size: body.length, target: '', uid: 0, gid: 0 },
  });
  return Buffer.concat([head, padded(body)]);
}

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.from(` ${key}=${value}\n`);
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function padded(body: Buffer): Buffer {
  return Buffer.concat([body, padding(body.length)]);
}

/** What fills the last block of a content of so many bytes. */
export function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

/** Two empty blocks: the end of an archive. */
export const END = Buffer.alloc(2 * BLOCK);
