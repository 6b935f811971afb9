import { Command } from 'commander';
import { Contexts, LOCAL } from '../../server/index.ts';
import { localAddress } from '../place.ts';
import { paintFor, table } from '../text.ts';

interface Options {
  json?: boolean;
}

export function contextCommand(): Command {
  return new Command('context')
    .description('Control planes that commands may speak to: this host, and those of `escale login`')
    .addCommand(listCommand())
    .addCommand(useCommand())
    .addCommand(removeCommand());
}

function listCommand(): Command {
  return new Command('list')
    .description('Show them; the one in use has a star')
    .option('--json', 'as one JSON object')
    .action(({ json }: Options) => {
      const contexts = new Contexts();
      const current = contexts.chosen()?.name ?? LOCAL;
      const all = [
        { name: LOCAL, url: localAddress() },
        ...contexts.list().map(({ name, url }) => ({ name, url })),
      ];
      if (json) return console.log(JSON.stringify({ current, contexts: all }));
      const { bold } = paintFor(process.stdout);
      console.log(table(all.map(({ name, url }) => [name === current ? '*' : ' ', bold(name), url])));
    });
}

function useCommand(): Command {
  return new Command('use')
    .description('Have commands speak to another one from now on')
    .argument('<name>', 'name of a context; local is this host')
    .option('--json', 'as one JSON object')
    .action((name: string, { json }: Options) => {
      new Contexts().use(name);
      console.log(json ? JSON.stringify({ current: name }) : `✓ Commands speak to ${name} now.`);
    });
}

function removeCommand(): Command {
  return new Command('remove')
    .description('Forget one, with its token; revoke that where it was made, too')
    .argument('<name>', 'name of a context')
    .option('--json', 'as one JSON object')
    .action((name: string, { json }: Options) => {
      new Contexts().remove(name);
      console.log(json ? JSON.stringify({ removed: name }) : `✓ ${name} is forgotten here.`);
    });
}
