import { Command } from 'commander';
import { EscaleError } from '../../core/errors/index.ts';
import { findTarget, mustJoin, type Target } from '../place.ts';

interface Options {
  instance?: string;
  environment: string;
}

export function execCommand(): Command {
  return new Command('exec')
    .description('Run a command beside an instance: in its folder, with its environment and user')
    .argument('<target>', 'system/service')
    .argument('<command...>', 'words of the command, after --')
    .option('--instance <id>', 'this instance rather than the first')
    .option('-e, --environment <name>', 'environment', 'local')
    .action(async (word: string, command: string[], options: Options) => {
      const { client } = await mustJoin();
      const instance = chooseInstance(
        await findTarget(word, await client.overview(), options.environment),
        options.instance,
      );
      const { stdin, output } = client.exec(instance, command);
      process.stdin.pipe(stdin);
      for await (const item of output)
        if ('exit' in item) {
          process.exitCode = item.exit;
          break;
        } else await print(item.stream, Buffer.from(item.chunk, 'base64'));
      process.stdin.destroy();
    });
}

/** Resolves when it is written, so that a slow reader slows the command down. */
function print(stream: 'out' | 'err', chunk: Buffer): Promise<void> {
  return new Promise((resolve) => {
    process[stream === 'out' ? 'stdout' : 'stderr'].write(chunk, () => resolve());
  });
}

function chooseInstance({ system, service }: Target, id: string | undefined): string {
  const services = system.services.filter(({ name }) => service === null || name === service);
  const instances = services
    .flatMap((one) => one.instances)
    .filter((one) => id === undefined || one.id === id);
  const chosen = instances.find((instance) => instance.state === 'ready') ?? instances[0];
  if (chosen !== undefined) return chosen.id;
  throw new EscaleError(
    'instance-unknown',
    `no instance of ${system.name}${service ? `/${service}` : ''} runs`,
    { next: 'Look at `escale status`.' },
  );
}
