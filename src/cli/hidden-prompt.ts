import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** Asks for a line on a terminal without showing what is typed; null when nothing was answered (Ctrl-C, Ctrl-D). */
export function hiddenPrompt(
  question: string,
  { input, output }: { input: NodeJS.ReadableStream; output: NodeJS.WritableStream },
): Promise<string | null> {
  // The line editor switches the terminal's own echo off, and writes its echo into nothing.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
  output.write(question);
  return new Promise((resolve) => {
    const give = (answer: string | null) => {
      output.write('\n');
      resolve(answer);
      lines.close();
    };
    lines.once('line', give);
    lines.once('SIGINT', () => give(null));
    lines.once('close', () => resolve(null));
  });
}
