import { Command } from 'commander';
import { EscaleError } from '../../core/errors/index.ts';
import { SECRET_NAME, SECRET_NAME_EXPECTED } from '../../core/manifest/index.ts';
import type { ControlPlaneClient, SecretView } from '../../server/index.ts';
import { hiddenWord } from '../hidden-word.ts';
import { nameOfFolder, withEscale } from '../place.ts';
import { duration, table } from '../text.ts';

interface Options {
  shared?: boolean;
  environment: string;
  json?: boolean;
}

export function secretCommand(): Command {
  return new Command('secret')
    .description('Passwords and keys that a file names as `${secret.NAME}`; nothing shows a value')
    .addCommand(setCommand())
    .addCommand(listCommand())
    .addCommand(removeCommand())
    .addCommand(recipientCommand());
}

function setCommand(): Command {
  return withWhich(
    'set',
    'Set a value: what comes on the input, or is typed unseen; the next deploy uses it',
  ).action(async (name: string, word: string | undefined, options: Options) => {
    const system = await systemOf(word, options);
    const value = await askedValue(name);
    const at = { environment: options.environment, system, name };
    const set = await asking((client) => client.setSecret(at, value));
    const next = 'The next `escale deploy` uses it.';
    console.log(
      options.json
        ? JSON.stringify(set)
        : `✓ ${name} of ${whose(set)} is set (version ${set.version}). ${next}`,
    );
  });
}

function removeCommand(): Command {
  return withWhich(
    'remove',
    'Remove a secret and all its values; refused while something that is up uses it',
  ).action(async (name: string, word: string | undefined, options: Options) => {
    const system = await systemOf(word, options);
    const at = { environment: options.environment, system, name };
    await asking((client) => client.removeSecret(at));
    console.log(options.json ? JSON.stringify({ removed: at }) : `✓ ${name} of ${whose(at)} is removed.`);
  });
}

function withWhich(verb: string, description: string): Command {
  return (
    new Command(verb)
      .description(description)
      .argument('<name>', 'name: capital letters, digits, underscores')
      .argument('[system]', 'system; without it the one of this folder')
      // Refused by us: the parser's own words would repeat what may be a value.
      .allowExcessArguments()
      .hook('preAction', (_root, { args }) => refuseValues(args))
      .option('--shared', 'of all systems in the environment; a system’s own comes first')
      .option('-e, --environment <name>', 'environment', 'local')
      .option('--json', 'as one JSON object')
  );
}

function refuseValues([name = '', ...more]: string[]): void {
  if (more.length > 1)
    throw new EscaleError('secret-value', 'a value can’t be given among the words: everybody can read those');
  if (!SECRET_NAME.test(name)) throw new EscaleError('secret-name', `expected ${SECRET_NAME_EXPECTED}`);
}

function listCommand(): Command {
  return new Command('list')
    .description('Show which secrets are set, never their values')
    .argument('[system]', 'only what this system sees')
    .option('-e, --environment <name>', 'environment', 'local')
    .option('--json', 'as one JSON object')
    .action(async (word: string | undefined, { environment, json }: Options) => {
      const all = await asking((client) => client.secrets(environment));
      const secrets = all.filter(({ system }) => word === undefined || system === null || system === word);
      console.log(json ? JSON.stringify({ environment, secrets }) : listText(secrets, environment));
    });
}

function recipientCommand(): Command {
  return new Command('recipient')
    .description('Print for whom secrets in git are encrypted: `sops encrypt --age RECIPIENT`')
    .option('--json', 'as one JSON object')
    .action(async ({ json }: Pick<Options, 'json'>) => {
      const recipient = await asking((client) => client.secretRecipient());
      console.log(json ? JSON.stringify({ recipient }) : recipient);
    });
}

function listText(secrets: SecretView[], environment: string): string {
  if (secrets.length === 0) return `No secrets are set in ${environment}.`;
  const now = Date.now();
  return table(
    secrets.map(({ name, system, version, setAt, git }) => [
      name,
      system ?? 'all systems',
      `version ${version}`,
      `${git === null ? 'set' : 'from git'} ${duration(Math.max(0, now - setAt))} ago`,
    ]),
  );
}

function asking<T>(ask: (client: ControlPlaneClient) => Promise<T>): Promise<T> {
  return withEscale(({ client }) => ask(client));
}

/** Null: all systems. It need not have been delivered yet. */
async function systemOf(word: string | undefined, { shared }: Options): Promise<string | null> {
  if (shared && word === undefined) return null;
  const system = shared ? null : (word ?? (await nameOfFolder(process.cwd())));
  if (system !== null) return system;
  throw new EscaleError('system-unnamed', shared ? 'either a system or --shared' : 'which system?', {
    next: 'Name it: `escale secret set NAME SYSTEM`; or all of them, with --shared.',
  });
}

/** Never an argument: those are in the list of processes and in the shell's history. */
async function askedValue(name: string): Promise<string> {
  const typed = await hiddenWord(`Value of ${name}`);
  if (typed !== null) return typed;
  throw new EscaleError('secret-value', 'no value was given; nothing was changed');
}

function whose({ system, environment }: { system: string | null; environment: string }): string {
  return `${system ?? 'all systems'} in ${environment}`;
}
