import { Command, InvalidArgumentError } from 'commander';
import { type Grant, parseGrant } from '../../core/access/index.ts';
import type { TokenView } from '../../server/index.ts';
import { withEscale } from '../place.ts';
import { duration, harmless, paintFor, table } from '../text.ts';
import { grantsText } from './user.ts';

interface Options {
  user?: string;
  scope?: Grant[];
  days?: number;
  json?: boolean;
}

export function tokenCommand(): Command {
  return new Command('token')
    .description('Words that programs sign in with, instead of a password')
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(revokeCommand());
}

function createCommand(): Command {
  return new Command('create')
    .description('Make a token, and print it once; it never may more than its user')
    .argument('<name>', 'where it is kept: laptop, ci')
    .option('--user <name>', 'whose it is; without it your own')
    .option(
      '--scope <grant...>',
      'only this, as in deployer:staging; without it all that the user may',
      collect,
    )
    .option('--days <number>', 'how long it lasts, 365 at most (default: 90)', days)
    .option('--json', 'as one JSON object')
    .action((name: string, { user = undefined, scope, days: wished, json }: Options) =>
      withEscale(async ({ client }) => {
        const wish = { user: user ?? null, name, scope: scope ?? null, days: wished ?? null };
        const { word, ...token } = await client.createToken(wish);
        if (json) return void console.log(JSON.stringify({ ...token, token: word }));
        // The token alone on the output, for a file or a pipe.
        console.log(word);
        const ends = new Date(token.expiresAt).toISOString().slice(0, 10);
        console.error(
          `✓ ${name} of ${token.user}: ${grantsText(token.scope)}, until ${ends}. It is shown this once.`,
        );
      }),
    );
}

function listCommand(): Command {
  return new Command('list')
    .description('Show your tokens; those of all users to who looks after users')
    .option('--json', 'as one JSON object')
    .action(({ json }: Options) =>
      withEscale(async ({ client }) => {
        const tokens = await client.tokens();
        console.log(json ? JSON.stringify({ tokens }) : tokensText(tokens, Date.now()));
      }),
    );
}

export function tokensText(tokens: TokenView[], now: number): string {
  if (tokens.length === 0) return 'No tokens: `escale token create NAME` makes one.';
  return table(
    tokens.map(({ user, name, grants, expiresAt, lastUsedAt }) => [
      harmless(user),
      paintFor(process.stdout).bold(harmless(name)),
      harmless(grantsText(grants)),
      `ends in ${duration(Math.max(0, expiresAt - now))}`,
      lastUsedAt === null ? 'never used' : `used ${duration(Math.max(0, now - lastUsedAt))} ago`,
    ]),
  );
}

function revokeCommand(): Command {
  return new Command('revoke')
    .description('End a token at once')
    .argument('<name>', 'name of the token')
    .option('--user <name>', 'whose it is; without it your own')
    .option('--json', 'as one JSON object')
    .action((name: string, { user, json }: Options) =>
      withEscale(async ({ client }) => {
        const whose = user ?? (await client.me()).name;
        await client.revokeToken(whose, name);
        console.log(
          json ? JSON.stringify({ revoked: name, user: whose }) : `✓ ${name} of ${whose} is revoked.`,
        );
      }),
    );
}

function collect(word: string, before: Grant[] = []): Grant[] {
  return [...before, parseGrant(word)];
}

function days(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('Expected a number of days, such as 30.');
  return Number(text);
}
