import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { EscaleError } from '../../core/errors/index.ts';
import {
  Contexts,
  joinLocal,
  type LocalEscale,
  type SystemView,
  startLocal,
  stopLocalIfIdle,
} from '../../server/index.ts';
import { findTarget, type Joined, join } from '../place.ts';

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
      const local = await here(options);
      const escale = local ?? (await join());
      if (escale === null) return say(options, { down: [], stopped: true }, 'Escale is not running here.');
      const systems = await wanted(escale, word, options);
      if (options.deleteData) await askTwice(systems, options);
      const down = await takeDown(escale, systems);
      if (options.deleteData) await deleteData(escale, systems);
      const stopped = local !== null && (await stopLocalIfIdle(local));
      const removed = options.deleteData ? systems.map(({ name }) => name) : [];
      const data = removed.length === 0 ? '' : ` Its data is removed: ${removed.join(', ')}.`;
      const names = down.length === 0 ? 'Nothing was up' : `Down: ${down.join(', ')}`;
      const others = local === null ? '' : ' Other systems are still up.';
      say(options, { down, removed, stopped }, `${names}.${data}${stopped ? ' Escale is stopped.' : others}`);
    });
}

/** The one of this host, started where data is to go; null when it does not run, or a context is elsewhere. */
async function here({ deleteData }: Options): Promise<LocalEscale | null> {
  if (new Contexts().chosen() !== null) return null;
  return deleteData ? startLocal() : joinLocal();
}

async function wanted(
  { client }: Pick<Joined, 'client'>,
  word: string | undefined,
  options: Options,
): Promise<SystemView[]> {
  const overview = await client.overview();
  const isAllDown = overview.systems.every((system) => !system.up);
  if (options.all || (word === undefined && isAllDown && !options.deleteData)) return overview.systems;
  const { system } = await findTarget(word, overview, options.environment);
  return [system];
}

async function takeDown({ client }: Pick<Joined, 'client'>, systems: SystemView[]): Promise<string[]> {
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

async function deleteData({ client }: Pick<Joined, 'client'>, systems: SystemView[]): Promise<void> {
  for (const { name: system, environment } of systems) await client.deleteData({ system, environment });
}

function say(options: Options, value: object, text: string): void {
  console.log(options.json ? JSON.stringify(value) : text);
}
