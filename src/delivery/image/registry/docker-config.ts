import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { EscaleError } from '../../../core/errors/index.ts';
import { type CredentialSource, credentialSource, helperAnswer } from '../../../core/image/index.ts';
import { runTool, ToolFailed } from '../run-tool.ts';

export type Credentials = (registry: string) => Promise<CredentialSource>;

const HELPER_MS = 60_000;

/** Users as docker knows them: `$DOCKER_CONFIG/config.json`, else `~/.docker/config.json`. */
export function dockerCredentials(env: NodeJS.ProcessEnv = process.env): Credentials {
  const file = path.join(env.DOCKER_CONFIG || path.join(os.homedir(), '.docker'), 'config.json');
  return async (registry) => {
    const source = credentialSource(readConfig(file), registry);
    return source.kind === 'helper' ? askHelper(source, env) : source;
  };
}

function readConfig(file: string): unknown {
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new EscaleError('registry-credentials', `${file} can’t be read as JSON`, { place: file });
  }
}

/** The helper's protocol: the server on its input, a JSON object on its output. Its words may hold a secret: they are not repeated. */
async function askHelper(
  { name, server }: { name: string; server: string },
  env: NodeJS.ProcessEnv,
): Promise<CredentialSource> {
  const program = `docker-credential-${name}`;
  try {
    const printed = await runTool(program, ['get'], { input: `${server}\n`, timeoutMs: HELPER_MS, env });
    if (printed === null) throw failed(`${program} is not on the PATH`);
    const answer = helperAnswer(printed.toString('utf8'));
    if (answer === null) throw failed(`${program} gave something else than a user`);
    return answer;
  } catch (error) {
    if (!(error instanceof ToolFailed)) throw error;
    // The words of the protocol for "I have none".
    if (/credentials not found/i.test(error.message)) return { kind: 'none' };
    throw failed(`${program} failed for ${server}`);
  }
}

function failed(why: string): EscaleError {
  return new EscaleError('registry-credentials', why);
}
