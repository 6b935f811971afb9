import { Option } from 'commander';
import type { HostEngine } from '../core/contracts/index.ts';
import { EscaleError } from '../core/errors/index.ts';
import { ENGINES } from '../core/manifest/index.ts';

/** `--engine` of what delivers a folder of this host. */
export function engineOption(): Option {
  return new Option('--engine <what>', 'what `local` runs on (ESCALE_ENGINE)').choices(ENGINES);
}

/** What `local` is to run on, whatever the file says: by the option, or by `ESCALE_ENGINE`. Throws `engine-choice`. */
export function engineFor(
  { environment, engine }: { environment: string; engine?: string },
  env: NodeJS.ProcessEnv = process.env,
): { engine?: HostEngine } {
  const said = engine ?? (env.ESCALE_ENGINE || undefined);
  if (said === undefined || (environment !== 'local' && engine === undefined)) return {};
  const found = ENGINES.find((each) => each === said);
  if (found === undefined)
    throw new EscaleError(
      'engine-choice',
      `ESCALE_ENGINE is ${JSON.stringify(said)}, and no engine of this host`,
    );
  if (environment !== 'local')
    throw new EscaleError('engine-choice', `what ${environment} runs on stands in the file`, {
      next: `Write environments.${environment}.target: ${found} there.`,
    });
  return { engine: found };
}
