import { text as readAll } from 'node:stream/consumers';
import { Command, InvalidArgumentError } from 'commander';
import { type PromptParts, prompt, script } from '../database/prompt.ts';
import { printFailure } from '../failure.ts';
import { findTarget, mustJoin } from '../place.ts';
import { paintFor } from '../text.ts';

interface Options {
  command?: string;
  write?: boolean;
  csv?: boolean;
  json?: boolean;
  limit: number;
  timeout: number;
  environment: string;
}

export function dbCommand(): Command {
  return new Command('db')
    .description('Look into a database with SQL; read-only unless --write')
    .argument('[target]', 'system, or system/resource')
    .option('-c, --command <sql>', 'run this and leave; without it, what comes on the input, or a prompt')
    .option('--write', 'statements may change something')
    .option('--csv', 'answers as CSV')
    .option('-n, --limit <rows>', 'most rows of an answer', number, 1000)
    .option('--timeout <seconds>', 'end a statement that takes longer', number, 60)
    .option('-e, --environment <name>', 'environment', 'local')
    .option('--json', 'each answer as one JSON object')
    .action(async (word: string | undefined, options: Options) => {
      const { client } = await mustJoin();
      const { system, service } = await findTarget(word, await client.overview(), options.environment);
      const place = { system: system.name, environment: options.environment };
      const { write = false, limit, timeout, csv, json } = options;
      const wish = { resource: service, write, limit, timeoutMs: timeout * 1000 };
      const { resource } = await client.tables(place, service);
      const parts: PromptParts = {
        name: `${system.name}/${resource}`,
        ...{ write, form: json ? 'json' : csv ? 'csv' : 'table', paint: paintFor(process.stdout) },
        query: (sql) => client.query(place, { ...wish, sql }),
        tables: async () => (await client.tables(place, service)).tables,
        say: (line) => console.log(line),
        problem: (error) => {
          throw error;
        },
      };
      if (options.command !== undefined) return script(options.command, parts);
      if (!process.stdin.isTTY) return script(await readAll(process.stdin), parts);
      return prompt({ ...parts, problem: (error) => printFailure(error, false) });
    });
}

function number(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('Expected a number, such as 50.');
  return Number(text);
}
