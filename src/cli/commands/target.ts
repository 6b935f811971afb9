import { Command } from 'commander';
import { isClusterAddress } from '../../core/target/index.ts';
import type { TargetHostView } from '../../server/index.ts';
import { type ClusterFlags, clusterSetting, withClusterOptions } from '../cluster-choice.ts';
import { portOf } from '../number.ts';
import { withEscale } from '../place.ts';
import { duration, harmless, type Paint, paintFor, table } from '../text.ts';

interface AddOptions extends ClusterFlags {
  listen: string[];
  port?: number;
  takeOver?: boolean;
  json?: boolean;
}

export function targetCommand(): Command {
  return new Command('target')
    .description('Hosts with Docker, over SSH, and Kubernetes clusters that environments run on')
    .addCommand(addCommand())
    .addCommand(listCommand(), { isDefault: true })
    .addCommand(removeCommand());
}

function addCommand(): Command {
  const several = (word: string, all: string[]) => [...all, word];
  const command = new Command('add')
    .description('Make a host known and bring Escale there, or a cluster; again: change how it is used')
    .argument('<name>', 'as files call it: `target: prod`')
    .argument(
      '<address>',
      '`ssh://deploy@prod.example.org`, with `:2222` where needed, an alias of ~/.ssh/config, or `kubernetes://CONTEXT`',
    )
    .option(
      '--listen <address>',
      'IP address of that host that its gateway listens on, beside loopback; several times',
      several,
      [],
    )
    .option('--port <number>', 'of its gateway (8080)', portOf)
    .option('--take-over', 'also where the host belongs to another Escale');
  return withClusterOptions(command)
    .option('--json', 'one JSON object a line')
    .action((name: string, address: string, { listen, port, takeOver, json, ...flags }: AddOptions) =>
      withEscale(async ({ client }) => {
        const cluster = await clusterSetting(address, flags);
        const wish = { name, address, listen, port: port ?? null, takeOver: takeOver ?? false, cluster };
        const added = await client.addTarget(wish, (step) =>
          console.log(json ? JSON.stringify({ type: 'step', step }) : `  ${harmless(step)}`),
        );
        const next = `An environment runs there with \`target: ${name}\` in the file. \`escale doctor --target ${name}\` looks at it.`;
        console.log(
          json
            ? JSON.stringify({ type: 'result', ...added })
            : `✓ ${name} is ${harmless(added.address)}. ${next}`,
        );
      }),
    );
}

function listCommand(): Command {
  return new Command('list')
    .description('Show targets, and whether they answer')
    .option('--json', 'as one JSON object')
    .action(({ json }: { json?: boolean }) =>
      withEscale(async ({ client }) => {
        const targets = await client.targets();
        console.log(json ? JSON.stringify({ targets }) : listText(targets, paintFor(process.stdout)));
      }),
    );
}

function listText(targets: TargetHostView[], paint: Paint): string {
  if (targets.length === 0) return 'No targets. `escale target add NAME ssh://USER@HOST` makes one known.';
  return table(
    targets.map((target) => [
      paint.bold(target.name),
      harmless(target.address),
      targetState(target, Date.now(), paint),
      gatewayText(target),
    ]),
  );
}

function gatewayText({ address, listen, httpPort }: TargetHostView): string {
  if (isClusterAddress(address)) return '';
  return `gateway on ${['127.0.0.1', ...listen].map((host) => `${host}:${httpPort}`).join(', ')}`;
}

/** Whether one answers; if not, since when, why, and what to do. */
export function targetState({ state, since, problem }: TargetHostView, now: number, paint: Paint): string {
  if (state === 'connected') return paint.green('connected');
  if (problem === null) return paint.yellow('is being connected');
  const ago = since === null ? '' : ` for ${duration(Math.max(0, now - since))}`;
  return paint.yellow(`unreachable${ago}: ${harmless(problem.message)}`);
}

function removeCommand(): Command {
  return new Command('remove')
    .description('End everything of Escale there and forget it; what databases and volumes keep stays there')
    .argument('<name>', 'its name')
    .option('--forget', 'ask nobody there: the host is gone for good')
    .option('--json', 'as one JSON object')
    .action((name: string, { forget, json }: { forget?: boolean; json?: boolean }) =>
      withEscale(async ({ client }) => {
        await client.removeTarget(name, forget ?? false);
        console.log(json ? JSON.stringify({ removed: name }) : `✓ ${harmless(name)} is no target any more.`);
      }),
    );
}
