import { Command, InvalidArgumentError } from 'commander';
import type { LogLine } from '../../core/contracts/index.ts';
import { findTarget, mustJoin } from '../place.ts';
import { clock, harmless, type Paint, paintFor } from '../text.ts';

interface Options {
  follow?: boolean;
  tail: number;
  instance?: string;
  environment: string;
  json?: boolean;
}

export function logsCommand(): Command {
  return new Command('logs')
    .description('Show what services wrote')
    .argument('[target]', 'system, or system/service')
    .option('-f, --follow', 'go on as they write')
    .option('-n, --tail <lines>', 'only the last lines', lines, 100)
    .option('--instance <id>', 'only this instance')
    .option('-e, --environment <name>', 'environment', 'local')
    .option('--json', 'one JSON object a line')
    .action(async (word: string | undefined, options: Options) => {
      const { client } = await mustJoin();
      const { system, service } = await findTarget(word, await client.overview(), options.environment);
      const { follow, tail, instance, environment } = options;
      const query = {
        ...{ system: system.name, environment, tail },
        ...(service === null ? {} : { service }),
        ...(instance === undefined ? {} : { instance }),
        ...(follow ? { follow } : {}),
      };
      await show(client.logs(query, untilInterrupted()), options.json ?? false);
    });
}

async function show(lines: AsyncIterable<LogLine>, json: boolean): Promise<void> {
  const paint = paintFor(process.stdout);
  for await (const line of lines) console.log(json ? JSON.stringify(line) : lineText(line, paint));
}

const COLORS = ['cyan', 'magenta', 'blue', 'yellow', 'green'] as const;

function lineText(line: LogLine, paint: Paint): string {
  const hash = [...line.instance].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  const name = paint[COLORS[hash % COLORS.length]!](`${line.service} ${line.instance.split('-').at(-1)}`);
  const text = harmless(line.text);
  const shown =
    line.stream === 'escale' ? paint.dim(`— ${text}`) : line.stream === 'err' ? paint.red(text) : text;
  return `${paint.dim(clock(line.at))} ${name} ${shown}`;
}

function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

function lines(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('Expected a number of lines, such as 50.');
  return Number(text);
}
