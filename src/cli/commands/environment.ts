import { Command, Option } from 'commander';
import { ROLES, type Role } from '../../core/access/index.ts';
import type { RuleView } from '../../server/index.ts';
import { withEscale } from '../place.ts';
import { harmless, type Paint, paintFor, table } from '../text.ts';

export function environmentCommand(): Command {
  return new Command('environment')
    .description('What the server itself says of environments: a pushed file can only tighten it')
    .addCommand(listCommand())
    .addCommand(setCommand())
    .addCommand(unsetCommand());
}

function listCommand(): Command {
  return new Command('list')
    .description('Show the rules')
    .option('--json', 'as one JSON object')
    .action(({ json }: { json?: boolean }) =>
      withEscale(async ({ client }) => {
        const rules = await client.rules();
        console.log(json ? JSON.stringify({ rules }) : rulesText(rules, paintFor(process.stdout)));
      }),
    );
}

function rulesText(rules: RuleView[], paint: Paint): string {
  if (rules.length === 0)
    return 'No rules: the systems’ files say which branch and which release goes where.';
  return table(
    rules.map(({ system, environment, branch, promoteFrom, approve }) => [
      paint.bold(environment),
      system === '*' ? 'all systems' : system,
      branch === null ? '' : `branch ${harmless(branch)}`,
      promoteFrom === null ? '' : `from ${promoteFrom}`,
      approve === null ? '' : `needs ${approve === 'admin' ? 'an admin' : `a ${approve}`}`,
    ]),
  );
}

interface SetOptions {
  system: string;
  branch?: string;
  promoteFrom?: string;
  approve?: Role;
  json?: boolean;
}

function setCommand(): Command {
  return new Command('set')
    .description('Say what holds for an environment: exactly this from now on')
    .argument('<environment>', 'environment')
    .option('--system <name>', 'only for this system', '*')
    .option('--branch <pattern>', 'only pushes to these branches come here')
    .option('--promote-from <environment>', 'releases come only from there')
    .addOption(new Option('--approve <role>', 'somebody with this role must agree first').choices(ROLES))
    .option('--json', 'as one JSON object')
    .action((environment: string, { json, ...said }: SetOptions) =>
      withEscale(async ({ client }) => {
        const { system, branch = null, promoteFrom = null, approve = null } = said;
        const rule = { system, environment, branch, promoteFrom, approve };
        await client.setRule(rule);
        console.log(json ? JSON.stringify(rule) : `✓ ${rulesText([rule], paintFor(process.stdout))}`);
      }),
    );
}

function unsetCommand(): Command {
  return new Command('unset')
    .description('Take a rule away: the systems’ files decide')
    .argument('<environment>', 'environment')
    .option('--system <name>', 'the rule of this system', '*')
    .option('--json', 'as one JSON object')
    .action((environment: string, { system, json }: { system: string; json?: boolean }) =>
      withEscale(async ({ client }) => {
        const { removed } = await client.removeRule({ system, environment });
        if (json) return void console.log(JSON.stringify({ removed }));
        console.log(
          removed ? `✓ ${environment} has no rule any more.` : `There was no rule for ${environment}.`,
        );
      }),
    );
}
