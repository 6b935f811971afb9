const LARGEST_BYTES = 64 * 1024;

/** Why a text can't be the value of a secret; null: it can. It goes into an environment variable. */
export function valueProblem(value: string): string | null {
  if (value === '') return 'is empty';
  if (value.includes('\0')) return 'has a zero byte';
  if (!value.isWellFormed()) return 'is no UTF-8 text';
  return Buffer.byteLength(value) > LARGEST_BYTES ? 'is longer than 64 KiB' : null;
}
