import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { EscaleError } from '../core/errors/index.ts';
import { makeOnce } from './key.ts';

// The package is loaded by whoever needs it: it takes 80 ms.
const age = () => import('age-encryption');

/** The recipient (`age1…`) that others encrypt for. */
export async function recipientOf(identity: string): Promise<string> {
  return (await age()).identityToRecipient(identity);
}

/** What an armored file of age holds; null where it is none, or is not for this identity. */
export async function decryptArmored(text: string, identity: string): Promise<Buffer | null> {
  const { armor, Decrypter } = await age();
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  try {
    return Buffer.from(await decrypter.decrypt(armor.decode(text)));
  } catch {
    return null;
  }
}

const IDENTITY = /^AGE-SECRET-KEY-1[A-Z0-9]{58}$/;

/** The identity in a file that its owner alone may read, in the form of `age-keygen`; made where there is none. Throws `age-identity`. */
export async function identityIn(file: string): Promise<string> {
  if (!existsSync(file)) await makeIdentity(file);
  const lines = readFileSync(file, 'utf8').split(/\r?\n/);
  const [identity, ...more] = lines.filter((line) => line.trim() !== '' && !line.startsWith('#'));
  if (identity === undefined || !IDENTITY.test(identity) || more.length > 0)
    throw unusable(file, 'does not hold one identity of age');
  if ((statSync(file).mode & 0o077) !== 0) throw unusable(file, 'can be read by others', `chmod 600 ${file}`);
  return identity;
}

async function makeIdentity(file: string): Promise<void> {
  const { generateX25519Identity } = await age();
  const identity = await generateX25519Identity();
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  makeOnce(file, `# public key: ${await recipientOf(identity)}\n${identity}\n`);
}

function unusable(file: string, why: string, next?: string): EscaleError {
  return new EscaleError('age-identity', `the identity for files in git ${why}`, {
    place: file,
    ...(next === undefined ? {} : { next: `Close it: \`${next}\`.` }),
  });
}
