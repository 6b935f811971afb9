import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { EscaleError } from '../../core/errors/index.ts';
import {
  BUILDERS,
  type Builder,
  builderEnvironment,
  buildWords,
  probeWords,
} from '../../core/image/index.ts';
import { runTool, ToolFailed } from '../image/run-tool.ts';
import type { BuildOrder } from './order.ts';

const PROBE_MS = 15_000;
/** What was not built by then hangs, ms. */
const BUILD_MS = 3_600_000;
/** Of a builder's words, those that an error shows. */
const LAST_LINES = 25;
const LONGEST_LINE = 2000;

export interface Building {
  say: (line: string) => void;
  /** Ends the build. */
  signal: AbortSignal;
}

/** Builds with whichever builder is there; the result is an archive as `docker load` takes it. Throws `builder-missing`, `build-failed`. */
export async function buildArchive(
  order: BuildOrder & { archive: string; title: string },
  building: Building,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const own = builderEnvironment(env);
  const { builder, version } = await builderHere(own, env.ESCALE_BUILDER);
  building.say(`building with ${builder === 'buildkit' ? 'BuildKit' : builder}${version}`);
  const { build, after } = buildWords(builder, order);
  try {
    for (const words of build) await runBuild(words, { ...building, env: own, title: order.title });
  } finally {
    for (const words of after) await quietly(words, own);
  }
}

/** The first builder that works, or the one that is asked for; `version` as it says it, with a space before it. */
async function builderHere(
  env: NodeJS.ProcessEnv,
  asked: string | undefined,
): Promise<{ builder: Builder; version: string }> {
  const wanted = asked ? BUILDERS.filter((builder) => builder === asked) : BUILDERS;
  const problems: string[] = [];
  for (const builder of wanted) {
    const [program, ...args] = probeWords(builder);
    try {
      const said = await runTool(program!, args, { env, timeoutMs: PROBE_MS });
      if (said !== null) return { builder, version: versionIn(said.toString()) };
      problems.push(`there is no ${program}`);
    } catch (error) {
      if (!(error instanceof ToolFailed)) throw error;
      problems.push(`${program} does not work: ${error.message.split('\n').at(-1)}`);
    }
  }
  if (wanted.length === 0) problems.push(`ESCALE_BUILDER is ${JSON.stringify(asked)}`);
  throw new EscaleError('builder-missing', `nothing here builds a Dockerfile: ${problems.join('; ')}`);
}

function versionIn(said: string): string {
  const [version] = /\d+(?:\.\d+)+/.exec(said.split('\n')[0]!) ?? [];
  return version === undefined ? '' : ` ${version}`;
}

async function runBuild(
  [program, ...args]: string[],
  { say, signal, env, title }: Building & { env: NodeJS.ProcessEnv; title: string },
): Promise<void> {
  const child = spawn(program!, args, { env, stdio: ['ignore', 'pipe', 'pipe'], signal, timeout: BUILD_MS });
  const last: string[] = [];
  const words = new PassThrough();
  for (const stream of [child.stdout, child.stderr]) stream.pipe(words, { end: false });
  const listened = listen(words, (line) => {
    last.push(line);
    if (last.length > LAST_LINES) last.shift();
    say(line);
  });
  const end = await new Promise<string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, by) =>
      resolve(code === 0 ? null : `${by === null ? `exit code ${code}` : by}`),
    );
  });
  words.end();
  await listened;
  if (end === null) return;
  const lines = last.map((line) => `\n${line}`).join('');
  throw new EscaleError('build-failed', `${program} could not build ${title} (${end}):${lines}`);
}

async function listen(stream: PassThrough, hear: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream }))
    if (line.trim() !== '') hear(line.slice(0, LONGEST_LINE));
}

/** What can't be cleared away is left to the builder. */
async function quietly([program, ...args]: string[], env: NodeJS.ProcessEnv): Promise<void> {
  await runTool(program!, args, { env, timeoutMs: PROBE_MS }).catch(() => {});
}
