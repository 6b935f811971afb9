import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { EscaleError, errorSaid } from '../../core/errors/index.ts';
import { builderEnvironment } from '../../core/image/index.ts';
import type { ContainerOrder } from './order.ts';

const PROGRAM = path.join(import.meta.dirname, 'make-container.ts');
/** Of its last words, bytes. */
const WORDS_AT_MOST = 64 << 10;

export interface Making {
  /** A line of what goes on, for people. */
  say?: (line: string) => void;
  signal?: AbortSignal;
}

/** Makes the artifact of an image in a process of its own, which has nothing of this one's environment but what builders need. */
export async function makeContainer(order: ContainerOrder, { say, signal }: Making): Promise<void> {
  const env = builderEnvironment(process.env);
  const { ESCALE_BUILDER } = process.env;
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', PROGRAM, JSON.stringify(order)],
    { stdio: ['pipe', 'pipe', 'pipe'], env: { ...env, ...(ESCALE_BUILDER && { ESCALE_BUILDER }) } },
  );
  const end = () => child.stdin.end();
  child.stdin.on('error', () => {});
  signal?.addEventListener('abort', end);
  if (signal?.aborted) end();
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-WORDS_AT_MOST);
  });
  const lines = createInterface({ input: child.stdout }).on('line', (line) => say?.(line));
  try {
    const [code] = await once(child, 'close');
    if (code !== 0) throw errorSaid(words) ?? failure(words);
  } finally {
    lines.close();
    signal?.removeEventListener('abort', end);
  }
}

function failure(words: string): EscaleError {
  const last = words.trim().split('\n').at(-1);
  return new EscaleError('image-failed', `the image could not be made: ${last || 'its maker was ended'}`);
}
