import { Command } from 'commander';
import { type Grant, grantText, parseGrant } from '../../core/access/index.ts';
import type { UserView } from '../../server/index.ts';
import { type Joined, withEscale } from '../place.ts';
import { harmless, type Paint, paintFor, table } from '../text.ts';

interface Options {
  grant?: Grant[];
  json?: boolean;
}

const GRANTS = 'a role in an environment: viewer, deployer or admin, as in deployer:staging or viewer:*';

export function userCommand(): Command {
  return new Command('user')
    .description('Who may sign in, and what they may do')
    .addCommand(addCommand())
    .addCommand(listCommand())
    .addCommand(grantCommand())
    .addCommand(linkCommand())
    .addCommand(removeCommand());
}

function addCommand(): Command {
  return new Command('add')
    .description('Add somebody; prints an address where they choose their password, once, within a day')
    .argument('<name>', 'lower case letters, digits and hyphens')
    .option('--grant <grant...>', GRANTS, collect)
    .option('--json', 'as one JSON object')
    .action((name: string, { grant = [], json }: Options) =>
      withEscale(async ({ client, url }) => {
        const word = await client.addUser(name, grant);
        const head = `✓ ${name} is added: ${grantsText(grant)}.`;
        sayLink({ name, head, word, url }, json);
      }),
    );
}

function linkCommand(): Command {
  return new Command('link')
    .description('Print another address where somebody chooses a password; the one of before ends')
    .argument('<name>', 'name of the user')
    .option('--json', 'as one JSON object')
    .action((name: string, { json }: Options) =>
      withEscale(async ({ client, url }) => {
        sayLink({ name, head: null, word: await client.linkUser(name), url }, json);
      }),
    );
}

interface LinkFacts {
  name: string;
  head: string | null;
  word: string;
  url: Joined['url'];
}

function sayLink({ name, head, word, url }: LinkFacts, json = false): void {
  const link = `${url}/password?link=${word}`;
  if (json) return void console.log(JSON.stringify({ name, link }));
  if (head !== null) console.log(head);
  console.log(`${link}\n  ${paintFor(process.stdout).dim(`sets ${name}’s password, once, within a day`)}`);
}

function listCommand(): Command {
  return new Command('list')
    .description('Show users and what they may do')
    .option('--json', 'as one JSON object')
    .action(({ json }: Options) =>
      withEscale(async ({ client }) => {
        const users = await client.users();
        console.log(json ? JSON.stringify({ users }) : usersText(users, paintFor(process.stdout)));
      }),
    );
}

export function usersText(users: UserView[], paint: Paint): string {
  if (users.length === 0) return 'No users: `escale user add NAME --grant viewer:*` adds one.';
  return table(
    users.map(({ name, grants, hasPassword }) => [
      paint.bold(harmless(name)),
      harmless(grantsText(grants)),
      hasPassword ? '' : paint.dim('no password'),
    ]),
  );
}

function grantCommand(): Command {
  return new Command('grant')
    .description('Say what somebody may do: exactly this from now on; nothing, where no role is named')
    .argument('<name>', 'name of the user')
    .argument('[grants...]', GRANTS, collect)
    .option('--json', 'as one JSON object')
    .action((name: string, grants: Grant[], { json }: Options) =>
      withEscale(async ({ client }) => {
        await client.grantUser(name, grants);
        console.log(
          json ? JSON.stringify({ name, grants }) : `✓ ${name} has ${grantsText(grants)} from now on.`,
        );
      }),
    );
}

function removeCommand(): Command {
  return new Command('remove')
    .description('Remove somebody, with their sessions and tokens, at once')
    .argument('<name>', 'name of the user')
    .option('--json', 'as one JSON object')
    .action((name: string, { json }: Options) =>
      withEscale(async ({ client }) => {
        await client.removeUser(name);
        console.log(json ? JSON.stringify({ removed: name }) : `✓ ${name} is removed.`);
      }),
    );
}

export function grantsText(grants: Grant[]): string {
  return grants.length === 0 ? 'no role yet' : grants.map(grantText).join(', ');
}

function collect(word: string, before: Grant[] = []): Grant[] {
  return [...before, parseGrant(word)];
}
