import { Command } from 'commander';
import { EscaleError } from '../../core/errors/index.ts';
import { showChange } from '../change.ts';
import { findTarget, mustJoin } from '../place.ts';

export function scaleCommand(): Command {
  return new Command('scale')
    .description('Change how many instances of a service run')
    .argument('<target=number...>', 'for example web=5, hello/web=5')
    .option('-e, --environment <name>', 'environment', 'local')
    .option('--json', 'one JSON object a line')
    .action(async (words: string[], options: { environment: string; json?: boolean }) => {
      const wishes = words.map(parseWish);
      const { client } = await mustJoin();
      const overview = await client.overview();
      const bySystem = new Map<string, Record<string, number>>();
      for (const { target, count } of wishes) {
        const { system, service } = await findTarget(target, overview, options.environment);
        const name = service ?? onlyService(system.name, system.services);
        bySystem.set(system.name, { ...bySystem.get(system.name), [name]: count });
      }
      for (const [system, numbers] of bySystem) {
        const place = { system, environment: options.environment };
        await showChange(options.json ?? false, (tell) => client.scale(place, numbers, tell));
      }
    });
}

function parseWish(word: string): { target: string; count: number } {
  const match = /^(.+)=(\d+)$/.exec(word);
  if (match !== null) return { target: match[1]!, count: Number(match[2]) };
  throw new EscaleError('scale-number', `"${word}": expected a service, "=" and a number`, {
    next: 'For example: `escale scale hello/web=5`.',
  });
}

function onlyService(system: string, services: { name: string }[]): string {
  if (services.length === 1) return services[0]!.name;
  throw new EscaleError('service-unnamed', `${system} has several services`, {
    next: `Name one: ${services.map(({ name }) => `${system}/${name}=…`).join(', ')}.`,
  });
}
