import type { Readable, Writable } from 'node:stream';
import { BAND, banded, FLUSH, PacketReader, packet } from './packets.ts';
import { COMMIT } from './repository.ts';
import { startGit } from './run-git.ts';

/** What a push wants of one reference. */
export interface RefChange {
  from: string;
  to: string;
  /** `refs/heads/main`. */
  ref: string;
}

/** The beginning of a push, before its objects. */
export interface PushHead {
  changes: RefChange[];
  capabilities: string[];
  /** All of it as it came, to be given on. */
  bytes: Buffer;
}

const LONGEST_HEAD = 4 << 20;

/**
 * Reads what a push wants (gitprotocol-pack, "Reference Update Request"); the objects stay in the stream.
 * Throws `Error` where it is no such request.
 */
export async function readPushHead(input: Readable): Promise<PushHead> {
  const reader = new PacketReader();
  const changes: RefChange[] = [];
  let capabilities: string[] = [];
  const seen: Buffer[] = [];
  let size = 0;
  for (;;) {
    const chunk = await nextChunk(input);
    if (chunk === null) throw new Error('the push ended before its objects');
    seen.push(chunk);
    size += chunk.length;
    if (size > LONGEST_HEAD) throw new Error('the push names too many references');
    reader.add(chunk);
    for (let next = reader.next(); next !== undefined; next = reader.next()) {
      if (next === null) return { changes, capabilities, bytes: Buffer.concat(seen) };
      const line = next.toString('utf8');
      if (line.startsWith('shallow ')) continue;
      const zero = line.indexOf('\0');
      if (zero >= 0)
        capabilities = line
          .slice(zero + 1)
          .trim()
          .split(' ');
      changes.push(changeOf((zero >= 0 ? line.slice(0, zero) : line).replace(/\n$/, '')));
    }
  }
}

function changeOf(line: string): RefChange {
  const [from, to, ...rest] = line.split(' ');
  const ref = rest.join(' ');
  if (!COMMIT.test(from ?? '') || !COMMIT.test(to ?? '') || !ref.startsWith('refs/'))
    throw new Error('the push is not understood');
  return { from: from!, to: to!, ref };
}

/** What comes next; null at the end. Nothing is read ahead. */
async function nextChunk(input: Readable): Promise<Buffer | null> {
  for (;;) {
    const chunk: Buffer | null = input.read();
    if (chunk !== null) return chunk;
    if (input.readableEnded) return null;
    if (input.errored) throw input.errored;
    if (input.destroyed) return null;
    await new Promise<void>((resolve) => {
      const on = () => {
        for (const event of ['readable', 'end', 'error', 'close']) input.off(event, on);
        resolve();
      };
      for (const event of ['readable', 'end', 'error', 'close']) input.on(event, on);
    });
  }
}

/** An answer that a push was not taken, as git itself gives it: the client shows the reason beside each reference. */
export function refusal({ changes, capabilities }: PushHead, reason: string, advice: string[] = []): Buffer {
  const word = reason.replaceAll(/[\0-\x1f]+/g, ' ');
  const report = Buffer.concat([
    packet(`unpack ${word}\n`),
    ...changes.map(({ ref }) => packet(`ng ${ref} ${word}\n`)),
    FLUSH,
  ]);
  if (!capabilities.includes('side-band-64k')) return report;
  const said = advice.map((line) => banded(BAND.progress, `${line}\n`));
  return Buffer.concat([...said, banded(BAND.data, report), FLUSH]);
}

/** What a push tells its client after git's own report, until it is ended. */
export interface PushVoice {
  /** Git ended by itself, and not by somebody's hand. */
  isWhole: boolean;
  /** One line for people; nothing is said where the client does not listen any more. */
  say(line: string): void;
  end(): void;
}

/**
 * Has git take a push whose head was read; its answer goes to `output`, all but its end, so that more can be told.
 * Resolves when git has ended and its references stand.
 */
export async function receivePack(
  folder: string,
  head: PushHead,
  { input, output }: { input: Readable; output: Writable },
): Promise<PushVoice> {
  const child = startGit(['receive-pack', '--stateless-rpc', '.'], folder);
  const ended = new Promise<boolean>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code !== null));
  });
  child.stdin.on('error', () => {});
  child.stdin.write(head.bytes);
  input.pipe(child.stdin);
  // Whoever leaves in the middle has pushed nothing: git sees the end of its input and throws the objects away.
  input.once('close', () => child.stdin.end());
  child.stderr.resume();
  const reader = new PacketReader();
  child.stdout.on('data', (chunk: Buffer) => {
    // The flush that ends everything is kept back.
    reader.add(chunk);
    for (let next = reader.next(); next !== undefined; next = reader.next())
      if (next !== null) write(output, packet(next));
  });
  const isWhole = await ended;
  // What git has not read nobody reads: the client would never hear the end, nor what git has started.
  input.unpipe(child.stdin);
  input.resume();
  child.stdin.destroy();
  const listens = head.capabilities.includes('side-band-64k');
  return { isWhole, ...voice(output, listens) };
}

const PULSE_MS = 5000;

/** Progress is in a band of its own; a pulse keeps whatever stands between from closing a silent connection. */
function voice(output: Writable, listens: boolean): Omit<PushVoice, 'isWhole'> {
  const pulse = setInterval(() => listens && write(output, Buffer.from('0005\x01')), PULSE_MS);
  output.once('close', () => clearInterval(pulse));
  return {
    say: (line) => void (listens && write(output, banded(BAND.progress, `${line}\n`))),
    end: () => {
      clearInterval(pulse);
      write(output, FLUSH);
      if (!output.destroyed) output.end();
    },
  };
}

function write(output: Writable, bytes: Buffer): void {
  if (!output.destroyed && !output.writableEnded) output.write(bytes);
}
