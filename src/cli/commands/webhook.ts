import { Command, Option } from 'commander';
import { EscaleError } from '../../core/errors/index.ts';
import type { WebhookView } from '../../server/index.ts';
import { numberOf } from '../number.ts';
import { withEscale } from '../place.ts';
import { readValue } from '../secret-value.ts';
import { duration, harmless, type Paint, paintFor, table } from '../text.ts';

interface AddOptions {
  type: string[];
  format: 'json' | 'slack';
  allowInside?: boolean;
  json?: boolean;
}

export function webhookCommand(): Command {
  return new Command('webhook')
    .description('Addresses elsewhere that are told what happens here')
    .addCommand(addCommand())
    .addCommand(listCommand())
    .addCommand(removeCommand())
    .addCommand(testCommand());
}

function addCommand(): Command {
  const several = (word: string, all: string[]) => [...all, word];
  return new Command('add')
    .description('Tell an address from now on; prints the secret that calls are signed with, this once')
    .argument('<url>', 'where to; `-` reads it from the input, where it is a secret itself')
    .option('--type <type>', 'only this type; may be given several times', several, [] as string[])
    .addOption(new Option('--format <format>', 'what is sent').choices(['json', 'slack']).default('json'))
    .option('--allow-inside', 'it may be an address of this host or its network')
    .option('--json', 'as one JSON object')
    .action((word: string, { type: types, format, allowInside, json }: AddOptions) =>
      withEscale(async ({ client }) => {
        const url = word === '-' ? await readValue(process.stdin) : word;
        const added = await client.addWebhook({ url, format, types, allowInside: allowInside ?? false });
        const next = `\`escale webhook test ${added.id}\` tries it.`;
        console.log(
          json
            ? JSON.stringify(added)
            : `✓ webhook ${added.id} tells ${harmless(added.host)}. ${next}\nSecret (not shown again): ${added.secret}`,
        );
      }),
    );
}

function listCommand(): Command {
  return new Command('list')
    .description('Show webhooks; their addresses are not shown again')
    .option('--json', 'as one JSON object')
    .action(({ json }: { json?: boolean }) =>
      withEscale(async ({ client }) => {
        const webhooks = await client.webhooks();
        console.log(json ? JSON.stringify({ webhooks }) : listText(webhooks, paintFor(process.stdout)));
      }),
    );
}

function listText(webhooks: WebhookView[], paint: Paint): string {
  if (webhooks.length === 0) return 'No webhooks. `escale webhook add URL` adds one.';
  const now = Date.now();
  return table(
    webhooks.map(({ id, host, format, types, toldAt, waiting, problem }) => [
      String(id),
      paint.bold(harmless(host)),
      format,
      types.length === 0 ? 'everything' : types.join(', '),
      toldAt === null ? 'never told yet' : `told ${duration(Math.max(0, now - toldAt))} ago`,
      waiting === 0 ? '' : `${waiting} waiting`,
      problem === null ? '' : paint.yellow(harmless(problem)),
    ]),
  );
}

function removeCommand(): Command {
  return new Command('remove')
    .description('Tell an address nothing more, not even what waits for it')
    .argument('<webhook>', 'its number', numberOf('webhook'))
    .option('--json', 'as one JSON object')
    .action((webhook: number, { json }: { json?: boolean }) =>
      withEscale(async ({ client }) => {
        await client.removeWebhook(webhook);
        console.log(json ? JSON.stringify({ removed: webhook }) : `✓ webhook ${webhook} is removed.`);
      }),
    );
}

function testCommand(): Command {
  return new Command('test')
    .description('Send a notice of the type `test` now; fails where it is not taken')
    .argument('<webhook>', 'its number', numberOf('webhook'))
    .option('--json', 'as one JSON object')
    .action((webhook: number, { json }: { json?: boolean }) =>
      withEscale(async ({ client }) => {
        const { problem } = await client.testWebhook(webhook);
        if (problem !== null) throw new EscaleError('webhook-failed', `webhook ${webhook}: ${problem}`);
        console.log(json ? JSON.stringify({ tested: webhook }) : `✓ webhook ${webhook} took it.`);
      }),
    );
}
