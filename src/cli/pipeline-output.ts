import { lineText, type PipelineLine } from '../server/index.ts';
import { paintFor } from './text.ts';

/** Shows a pipeline run as it goes on: what each step prints behind its name, then how it ended and how long it took. */
export function pipelinePrinter(options: {
  json: boolean;
  out?: NodeJS.WriteStream;
}): (line: PipelineLine) => void {
  const out = options.out ?? process.stdout;
  if (options.json) return (line) => void out.write(`${JSON.stringify(line)}\n`);
  const paint = paintFor(out);
  return (line) => {
    const report = line.type === 'end' ? paint.dim(`\nreport: ${line.report}`) : '';
    out.write(`${lineText(line, paint)}${report}\n`);
  };
}
