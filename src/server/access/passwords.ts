import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { EscaleError } from '../../core/errors/index.ts';

/** 2^15 · 8 · 128 bytes are 32 MiB for each, which bounds how many are worked on at once. */
const COST = { N: 1 << 15, r: 8, p: 3, maxmem: 64 << 20 };
const AT_ONCE = 2;
/** More than so many that wait are refused: it is no person who types them. */
const WAITING = 16;
const BYTES = 32;
const SHORTEST = 12;
const LONGEST = 256;

/** Makes and compares what is kept of passwords, a few at once. */
export class Passwords {
  private working = 0;
  private readonly waiting: (() => void)[] = [];

  /** Throws `password-short`, `too-many-requests`. */
  async keep(password: string): Promise<string> {
    const { length } = [...password];
    if (length < SHORTEST || length > LONGEST)
      throw new EscaleError('password-short', `a password has ${SHORTEST} to ${LONGEST} characters`);
    const salt = randomBytes(16);
    const { N, r, p } = COST;
    const key = await this.derive(password, salt, COST);
    return ['scrypt', N, r, p, salt.toString('base64url'), key.toString('base64url')].join('$');
  }

  /** Whether it is the password; takes as long for somebody who has none (null). Throws `too-many-requests`. */
  async fits(password: string, kept: string | null): Promise<boolean> {
    const [, N, r, p, salt, key] = (kept ?? NOBODY).split('$');
    const cost = { N: Number(N), r: Number(r), p: Number(p), maxmem: COST.maxmem };
    const wanted = Buffer.from(key!, 'base64url');
    const said = await this.derive(password.slice(0, 2 * LONGEST), Buffer.from(salt!, 'base64url'), cost);
    return timingSafeEqual(said, wanted) && kept !== null;
  }

  private async derive(password: string, salt: Buffer, cost: ScryptOptions): Promise<Buffer> {
    await this.turn();
    try {
      return await new Promise((resolve, reject) => {
        // One text however it was typed: é is one character or two.
        scrypt(password.normalize('NFC'), salt, BYTES, cost, (error, key) =>
          error === null ? resolve(key) : reject(error),
        );
      });
    } finally {
      this.working -= 1;
      this.waiting.shift()?.();
    }
  }

  private async turn(): Promise<void> {
    if (this.waiting.length >= WAITING)
      throw new EscaleError('too-many-requests', 'too many sign in at this moment', {
        next: 'Try again in a moment.',
      });
    if (this.working >= AT_ONCE) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.working += 1;
  }
}

/** Compared with for a name that is nobody's: nothing fits it. */
const NOBODY = ['scrypt', COST.N, COST.r, COST.p, 'AAAAAAAAAAAAAAAAAAAAAA', 'A'.repeat(43)].join('$');
