import { hiddenPrompt } from './hidden-prompt.ts';
import { readValue } from './secret-value.ts';

/** From the input, or typed unseen; never a word of the command, which everybody can read. Null: nothing was given. */
export async function hiddenWord(what: string): Promise<string | null> {
  if (!process.stdin.isTTY) return readValue(process.stdin);
  return hiddenPrompt(`${what} (not shown): `, { input: process.stdin, output: process.stderr });
}
