import { EscaleError } from '../core/errors/index.ts';

/** More than this is not read: the vault refuses it anyway. */
const LARGEST_BYTES = 128 * 1024;

/** A secret's value from an input, without the one line break that `echo` and editors leave. Throws `secret-value`. */
export async function readValue(input: AsyncIterable<Buffer | string>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    bytes += chunk.length;
    if (bytes > LARGEST_BYTES) throw new EscaleError('secret-value', 'the value is longer than 64 KiB');
    chunks.push(Buffer.from(chunk as Buffer));
  }
  return decode(Buffer.concat(chunks)).replace(/\r?\n$/, '');
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new EscaleError('secret-value', 'the value is no UTF-8 text');
  }
}
