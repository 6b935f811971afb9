import { spawnSync } from 'node:child_process';
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { armor, Encrypter } from 'age-encryption';

/** What a test's file of SOPS is made of. */
export interface SopsWish {
  /** Written in this order. */
  values: Record<string, string | number | boolean>;
  recipients: string[];
  format?: 'yaml' | 'json';
  macOnlyEncrypted?: boolean;
  lastModified?: string;
  /** Encrypts the key of the values; by default the package that reads them, too. */
  wrap?: (key: Buffer, recipient: string) => string | Promise<string>;
}

/** A file as SOPS writes it, encrypted without anything of the reader. */
export async function sopsFile(wish: SopsWish): Promise<string> {
  const key = randomBytes(32);
  const time = wish.lastModified ?? '2026-11-26T10:00:00Z';
  const hash = createHash('sha512');
  // The 32 bytes that SOPS begins with there (its README: mac_only_encrypted).
  if (wish.macOnlyEncrypted)
    hash.update(Buffer.from('8a3fd2ad54ce66527b1034f3d147be0b0b975b3bf44f72c6fdadec8176f27d69', 'hex'));
  const values = Object.entries(wish.values).map(([name, value]) => {
    const text = typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
    hash.update(text);
    return [name, encrypt(text, { key, bound: `${name}:`, type: typeOf(value) })];
  });
  const mac = encrypt(hash.digest('hex').toUpperCase(), { key, bound: time, type: 'str' });
  const wrap = wish.wrap ?? wrapWithPackage;
  const age = await Promise.all(
    wish.recipients.map(async (recipient) => ({ recipient, enc: await wrap(key, recipient) })),
  );
  const only = wish.macOnlyEncrypted ? { mac_only_encrypted: true } : {};
  const sops = {
    age,
    lastmodified: time,
    mac,
    unencrypted_suffix: '_unencrypted',
    ...only,
    version: '3.11.0',
  };
  const content = { ...Object.fromEntries(values), sops };
  return wish.format === 'json' ? `${JSON.stringify(content, null, '\t')}\n` : yaml(content);
}

function typeOf(value: string | number | boolean): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return typeof value === 'boolean' ? 'bool' : 'str';
}

/** One value, as SOPS writes it. */
export function encrypt(
  text: string,
  { key, bound, type }: { key: Buffer; bound: string; type: string },
): string {
  const iv = randomBytes(32);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(bound));
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  const parts = [data, iv, cipher.getAuthTag()].map((bytes) => bytes.toString('base64'));
  return `ENC[AES256_GCM,data:${parts[0]},iv:${parts[1]},tag:${parts[2]},type:${type}]`;
}

async function wrapWithPackage(key: Buffer, recipient: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return armor.encode(await encrypter.encrypt(key));
}

/** By the program `age` itself. */
export function wrapWithAge(key: Buffer, recipient: string): string {
  const { status, stdout, stderr } = spawnSync('age', ['--armor', '--recipient', recipient], { input: key });
  if (status !== 0) throw new Error(String(stderr));
  return stdout.toString();
}

/** As SOPS lays it out: plain values, a comment, keys of age as blocks. */
function yaml({
  sops,
  ...values
}: Record<string, unknown> & { sops: { age: { recipient: string; enc: string }[] } }): string {
  const { age, ...rest } = sops;
  const lines = Object.entries(values).map(([name, value]) => `${name}: ${String(value)}\n`);
  const keys = age.map(
    ({ recipient, enc }) =>
      `        - recipient: ${recipient}\n          enc: |\n${enc.trim().replaceAll(/^/gm, '            ')}\n`,
  );
  const more = Object.entries(rest).map(([name, value]) => `    ${name}: ${JSON.stringify(value)}\n`);
  return `#ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:comment]\n${lines.join('')}sops:\n    age:\n${keys.join('')}${more.join('')}`;
}
