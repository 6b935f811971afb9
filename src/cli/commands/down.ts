import { Command } from 'commander';
import { joinLocal, type LocalEscale, type SystemView, stopLocalIfIdle } from '../../server/index.ts';
import { findTarget } from '../place.ts';

interface Options {
  all?: boolean;
  environment: string;
  json?: boolean;
}

export function downCommand(): Command {
  return new Command('down')
    .description('Stop a system; its releases, numbers and data stay')
    .argument('[system]', 'system; without it the one of this folder')
    .option('--all', 'every system, and Escale itself')
    .option('-e, --environment <name>', 'environment', 'local')
    .option('--json', 'as one JSON object')
    .action(async (word: string | undefined, options: Options) => {
      const escale = await joinLocal();
      if (escale === null) return say(options, { down: [], stopped: true }, 'Escale is not running here.');
      const down = await takeDown(escale, await wanted(escale, word, options));
      const stopped = await stopLocalIfIdle(escale);
      const names = down.length === 0 ? 'Nothing was up' : `Down: ${down.join(', ')}`;
      say(
        options,
        { down, stopped },
        `${names}.${stopped ? ' Escale is stopped.' : ' Other systems are still up.'}`,
      );
    });
}

async function wanted(
  { client }: LocalEscale,
  word: string | undefined,
  options: Options,
): Promise<SystemView[]> {
  const overview = await client.overview();
  if (options.all || (word === undefined && overview.systems.every((system) => !system.up)))
    return overview.systems;
  const { system } = await findTarget(word, overview, options.environment);
  return [system];
}

async function takeDown({ client }: LocalEscale, systems: SystemView[]): Promise<string[]> {
  const up = systems.filter((system) => system.up);
  await Promise.all(up.map(({ name: system, environment }) => client.down({ system, environment })));
  return up.map(({ name }) => name);
}

function say(options: Options, value: object, text: string): void {
  console.log(options.json ? JSON.stringify(value) : text);
}
