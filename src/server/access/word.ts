import { createHash, randomBytes } from 'node:crypto';

/** What a token begins with, so that people and scanners of repositories recognise one. */
export const TOKEN_PREFIX = 'esc_';

/** A token: only its digest is kept. */
export function newToken(): string {
  return `${TOKEN_PREFIX}${newWord()}`;
}

/** 256 random bits, for an address or a cookie. */
export function newWord(): string {
  return randomBytes(32).toString('base64url');
}

/** What is kept of a word that opens something. It can't be guessed, so it needs no salt and no slowness. */
export function digestOf(word: string): string {
  return createHash('sha256').update(word).digest('hex');
}
