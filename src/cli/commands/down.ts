import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { EscaleError } from '../../core/errors/index.ts';
import {
  joinLocal,
  type LocalEscale,
  type SystemView,
  startLocal,
  stopLocalIfIdle,
} from '../../server/index.ts';
import { findTarget } from '../place.ts';

interface Options {
  all?: boolean;
  deleteData?: boolean;
  yes?: boolean;
  environment: string;
  json?: boolean;
}

export function downCommand(): Command {
  return new Command('down')
    .description('Stop a system; its releases, numbers and data stay')
    .argument('[system]', 'system; without it the one of this folder')
    .option('--all', 'every system, and Escale itself')
    .option('--delete-data', 'remove what its databases and volumes keep, too; backups stay')
    .option('--yes', 'with --delete-data: really')
    .option('-e, --environment <name>', 'environment', 'local')
    .option('--json', 'as one JSON object')
    .action(async (word: string | undefined, options: Options) => {
      const escale = options.deleteData ? await startLocal() : await joinLocal();
      if (escale === null) return say(options, { down: [], stopped: true }, 'Escale is not running here.');
      const systems = await wanted(escale, word, options);
      if (options.deleteData) await askTwice(systems, options);
      const down = await takeDown(escale, systems);
      if (options.deleteData) await deleteData(escale, systems);
      const stopped = await stopLocalIfIdle(escale);
      const removed = options.deleteData ? systems.map(({ name }) => name) : [];
      const data = removed.length === 0 ? '' : ` Its data is removed: ${removed.join(', ')}.`;
      const names = down.length === 0 ? 'Nothing was up' : `Down: ${down.join(', ')}`;
      say(
        options,
        { down, removed, stopped },
        `${names}.${data}${stopped ? ' Escale is stopped.' : ' Other systems are still up.'}`,
      );
    });
}

async function wanted(
  { client }: LocalEscale,
  word: string | undefined,
  options: Options,
): Promise<SystemView[]> {
  const overview = await client.overview();
  const isAllDown = overview.systems.every((system) => !system.up);
  if (options.all || (word === undefined && isAllDown && !options.deleteData)) return overview.systems;
  const { system } = await findTarget(word, overview, options.environment);
  return [system];
}

async function takeDown({ client }: LocalEscale, systems: SystemView[]): Promise<string[]> {
  const up = systems.filter((system) => system.up);
  await Promise.all(up.map(({ name: system, environment }) => client.down({ system, environment })));
  return up.map(({ name }) => name);
}

/** Data goes only when that was said twice: by `--yes`, or by typing the name. */
async function askTwice(systems: SystemView[], { yes }: Options): Promise<void> {
  const names = systems.map(({ name }) => name).join(' ');
  if (yes) return;
  const kept = new EscaleError('data-kept', `the data of ${names} was not removed; nothing was changed`);
  if (!process.stdin.isTTY) throw kept;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const typed = await lines.question(`This removes all data of ${names}. Type ${names} to go on: `);
  lines.close();
  if (typed.trim() !== names) throw kept;
}

async function deleteData({ client }: LocalEscale, systems: SystemView[]): Promise<void> {
  for (const { name: system, environment } of systems) await client.deleteData({ system, environment });
}

function say(options: Options, value: object, text: string): void {
  console.log(options.json ? JSON.stringify(value) : text);
}
