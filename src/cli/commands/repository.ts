import { Command } from 'commander';
import type { RepositoryView } from '../../server/index.ts';
import { hiddenWord } from '../hidden-word.ts';
import { type mustJoin, withEscale } from '../place.ts';
import { duration, harmless, type Paint, paintFor, table } from '../text.ts';

export function repositoryCommand(): Command {
  return new Command('repository')
    .description('Repositories that are pushed to, or that follow others')
    .addCommand(listCommand())
    .addCommand(followCommand())
    .addCommand(
      plain(
        'unfollow',
        'Follow its outside repository no more; what was delivered runs on',
        (client, name) => client.unfollowRepository(name),
        'follows no other one any more',
      ),
    )
    .addCommand(
      plain(
        'fetch',
        'Look at its outside repository now',
        (client, name) => client.fetchRepository(name),
        'was looked at',
      ),
    )
    .addCommand(hookCommand());
}

type Client = Awaited<ReturnType<typeof mustJoin>>['client'];

function plain(
  word: string,
  description: string,
  call: (client: Client, name: string) => Promise<void>,
  end: string,
): Command {
  return new Command(word)
    .description(description)
    .argument('<name>', 'name of the repository')
    .option('--json', 'as one JSON object')
    .action((name: string, { json }: { json?: boolean }) =>
      withEscale(async ({ client }) => {
        await call(client, name);
        console.log(json ? JSON.stringify({ repository: name }) : `✓ ${name} ${end}.`);
      }),
    );
}

function listCommand(): Command {
  return new Command('list')
    .description('Show repositories, and what they follow')
    .option('--json', 'as one JSON object')
    .action(({ json }: { json?: boolean }) =>
      withEscale(async ({ client, url }) => {
        const repositories = await client.repositories();
        const shown = repositories.map((one) => ({ ...one, address: `${url}/git/${one.name}` }));
        console.log(
          json ? JSON.stringify({ repositories: shown }) : listText(shown, url, paintFor(process.stdout)),
        );
      }),
    );
}

function listText(repositories: (RepositoryView & { address: string })[], url: string, paint: Paint): string {
  if (repositories.length === 0)
    return `No repository yet. A push makes one: \`git push ${url}/git/NAME main\`.`;
  return table(
    repositories.map(({ name, address, following }) => [
      paint.bold(name),
      address,
      following === null
        ? ''
        : `follows ${harmless(following.url)} every ${duration(following.everySeconds * 1000)}`,
      following?.problem == null ? '' : paint.yellow(harmless(following.problem)),
    ]),
  );
}

interface FollowOptions {
  every: string;
  allowInside?: boolean;
  token?: boolean;
  json?: boolean;
}

function followCommand(): Command {
  return new Command('follow')
    .description('Deliver what is pushed to an outside repository')
    .argument('<name>', 'name of the repository here')
    .argument('<url>', 'address of the other one, https')
    .option('--every <seconds>', 'seconds between two looks', '60')
    .option('--token', 'ask for a token to read it with (or take it from the input)')
    .option('--allow-inside', 'it may be on this host or its network')
    .option('--json', 'as one JSON object')
    .action((name: string, url: string, options: FollowOptions) =>
      withEscale(async ({ client }) => {
        const token = options.token ? await hiddenWord(`Token for ${harmless(url)}`) : null;
        const { allowInside = false } = options;
        await client.followRepository(name, { url, everySeconds: Number(options.every), allowInside, token });
        console.log(
          options.json ? JSON.stringify({ repository: name }) : `✓ ${name} follows ${harmless(url)}.`,
        );
      }),
    );
}

function hookCommand(): Command {
  return new Command('hook')
    .description('Print what its git server needs to say at once that something was pushed')
    .argument('<name>', 'name of the repository')
    .option('--json', 'as one JSON object')
    .action((name: string, { json }: { json?: boolean }) =>
      withEscale(async ({ client, url }) => {
        const hook = { url: `${url}/hooks/${name}`, secret: await client.hookSecret(name) };
        if (json) return void console.log(JSON.stringify(hook));
        console.log(`address  ${hook.url}\nsecret   ${hook.secret}`);
        console.log(
          'GitHub, Gitea: a webhook for pushes with this secret. GitLab: the secret is its “secret token”.',
        );
      }),
    );
}
