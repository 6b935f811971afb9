import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { EscaleError } from '../../core/errors/index.ts';
import { type LocalEscale, startLocal, stopLocalIfIdle } from '../../server/index.ts';
import { showChange } from '../change.ts';
import { FAILED, printFailure } from '../failure.ts';
import { nameOfFolder } from '../place.ts';
import { clock, duration, harmless, paintFor } from '../text.ts';
import { watchFolders } from '../watch.ts';
import { signInAddress } from './open.ts';

interface Options {
  shipped?: boolean;
  watch: boolean;
  detach?: boolean;
  environment: string;
  json?: boolean;
}

const SYSTEMS = path.join(import.meta.dirname, '..', '..', '..', 'systems');
/** What `npm start` delivers when nothing is named. */
const DEFAULT_SYSTEMS = ['hello', 'tasks'];

export function upCommand(): Command {
  return new Command('up')
    .description('Deliver systems to this machine, stay, and follow their files')
    .argument('[folders...]', 'folders of systems; the current one by default')
    .option('--shipped', 'the names are those of the systems that Escale ships')
    .option('--no-watch', 'do not follow file changes')
    .option('-d, --detach', 'leave them running and return')
    .option('-e, --environment <name>', 'environment', 'local')
    .option('--json', 'one JSON object a line')
    .action((words: string[], options: Options) => up(words, options));
}

/** One run of the command: what it delivers where, and which systems were up there before it came. */
interface Session {
  escale: LocalEscale;
  folders: string[];
  options: Options;
  before: string[];
}

async function up(words: string[], options: Options): Promise<void> {
  const began = Date.now();
  const interrupted = interruption();
  const session = await begin(words, options);
  const good = await Promise.race([deliverAll(session), interrupted]);
  if (typeof good === 'string') return leave(session, { signal: good, exitCode: FAILED });
  if (!good && !options.watch) return leave(session, { signal: null, exitCode: FAILED });
  if (options.json)
    console.log(JSON.stringify({ type: 'up', signIn: await signInAddress(session.escale), good }));
  else await printWhereToLook(session, Date.now() - began);
  if (options.detach) return;
  const stopFollowing = follow(session);
  const signal = await interrupted;
  stopFollowing();
  await leave(session, { signal, exitCode: 0 });
}

async function begin(words: string[], options: Options): Promise<Session> {
  const began = Date.now();
  const folders = options.shipped
    ? shippedFolders(words)
    : (words.length > 0 ? words : ['.']).map((word) => path.resolve(word));
  const escale = await startLocal();
  const what = escale.started ? 'Escale started' : 'Joined Escale, which was running';
  if (!options.json) console.log(`${what} (${duration(Date.now() - began)})`);
  return { escale, folders, options, before: await upNow(escale, options) };
}

/** Files and events, until the returned function is called. */
function follow(session: Session): () => void {
  const stop = new AbortController();
  void followEvents(session, stop.signal);
  const unwatch = session.options.watch
    ? watchFolders(session.folders, (folder) => redeliver(folder, session))
    : () => {};
  return () => {
    stop.abort();
    unwatch();
  };
}

async function upNow({ client }: LocalEscale, { environment }: Options): Promise<string[]> {
  const { systems } = await client.overview();
  return systems.filter((system) => system.up && system.environment === environment).map(({ name }) => name);
}

/** The systems of these folders that were not up before, being delivered at this moment or not. */
async function addedBy({ folders, before }: Session): Promise<string[]> {
  const names = await Promise.all(folders.map(nameOfFolder));
  return names.filter((name) => name !== null).filter((name) => !before.includes(name));
}

/** In order, so that a reader can follow. A system whose file is wrong does not keep the others from starting. */
async function deliverAll({ folders, escale, options }: Session): Promise<boolean> {
  let good = true;
  for (const folder of folders)
    try {
      if (!options.json)
        console.log(`\n${paintFor(process.stdout).bold(path.relative(process.cwd(), folder) || '.')}`);
      const end = await showChange(options.json ?? false, (tell) =>
        escale.client.deploy({ folder, environment: options.environment }, tell),
      );
      good &&= end.rollout === null || end.rollout.state === 'promoted';
    } catch (error) {
      printFailure(error, options.json ?? false);
      good = false;
    }
  if (!good) process.exitCode = FAILED;
  return good;
}

async function redeliver(folder: string, { escale, options }: Session): Promise<void> {
  if (!options.json)
    console.log(
      `\n${paintFor(process.stdout).dim(`${path.relative(process.cwd(), folder) || '.'} has changed`)}`,
    );
  await showChange(options.json ?? false, (tell) =>
    escale.client.deploy({ folder, environment: options.environment }, tell),
  ).catch((error: unknown) => printFailure(error, options.json ?? false));
}

const WORTH_SAYING = new Set([
  'instance-failed',
  'instance-unready',
  'instance-killed',
  'service-paused',
  'gateway-problem',
]);
const RECONNECT_MS = 250;
const PARENT_POLL_MS = 500;

/** Says what happens besides what was asked for here; keeps this command alive, whatever restarts meanwhile. */
async function followEvents({ escale: { client }, options }: Session, signal: AbortSignal): Promise<void> {
  const paint = paintFor(process.stdout);
  while (!signal.aborted) {
    try {
      for await (const event of client.events(signal))
        if (options.json) console.log(JSON.stringify({ type: 'event', event }));
        else if (WORTH_SAYING.has(event.type))
          console.log(
            `  ${paint.dim(clock(event.at))} ${event.instance || event.system} ${harmless(event.message)}`,
          );
    } catch {
      // It is being started again.
    }
    await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
  }
}

async function printWhereToLook({ escale, options }: Session, ms: number): Promise<void> {
  const paint = paintFor(process.stdout);
  const { systems } = await escale.client.overview();
  const up = systems.filter((system) => system.up);
  const addresses = up.flatMap((system) => system.services.flatMap((service) => service.addresses));
  console.log(
    `\n${paint.green('✓')} ${up.length} ${up.length === 1 ? 'system' : 'systems'} up after ${duration(ms)}`,
  );
  for (const address of addresses) console.log(`  ${paint.bold(address)}`);
  console.log(
    `  ${paint.bold(await signInAddress(escale))}  ${paint.dim('the live page (this address signs in once)')}`,
  );
  if (options.detach) return console.log(paint.dim('  `escale down` stops them.'));
  console.log(
    paint.dim(
      `  ${options.watch ? 'A saved file is live at once. ' : ''}Ctrl-C stops what this command added.`,
    ),
  );
}

/** Takes down what was added; Escale itself, too, when nothing else is up. Leaves no process behind. */
async function leave(session: Session, how: { signal: string | null; exitCode: number }): Promise<void> {
  const { escale, options } = session;
  const { environment } = options;
  if (!options.json && how.signal !== null)
    console.log(`\n${how.signal}: stopping what this command added …`);
  const names = await addedBy(session);
  await Promise.all(names.map((system) => escale.client.down({ system, environment }).catch(unlessUnknown)));
  const stopped = await stopLocalIfIdle(escale);
  const rest = stopped ? 'Nothing of Escale runs any more.' : 'Other systems are still up.';
  if (options.json) console.log(JSON.stringify({ type: 'left', down: names, stopped }));
  else console.log(`Stopped: ${names.join(', ') || 'nothing was added'}. ${rest}`);
  process.exit(how.exitCode);
}

/** What was interrupted before it became known needs no stopping. */
function unlessUnknown(error: unknown): void {
  if (!(error instanceof EscaleError) || error.code !== 'system-unknown') throw error;
}

/** Resolves with the first signal that asks to end. A second Ctrl-C ends at once. */
function interruption(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => {
        resolve(signal);
        if (signal === 'SIGINT') process.once(signal, () => process.exit(130));
      });
    if (process.env.npm_lifecycle_event === 'start') whenOrphaned(() => resolve('npm is gone'));
  });
}

/** npm passes SIGINT and SIGTERM on, and takes SIGHUP and SIGKILL with it: then nobody is left to stop this. */
function whenOrphaned(gone: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    gone();
  }, PARENT_POLL_MS);
  timer.unref();
}

function shippedFolders(names: string[]): string[] {
  const known = readdirSync(SYSTEMS).filter((name) => isSystem(path.join(SYSTEMS, name)));
  const wanted = names.length > 0 ? names : DEFAULT_SYSTEMS.filter((name) => known.includes(name));
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new EscaleError(
      'system-unknown',
      `no system is called ${unknown.map((name) => `"${name}"`).join(', ')}`,
      { next: `Escale ships: ${known.join(', ')}.` },
    );
  return wanted.map((name) => path.join(SYSTEMS, name));
}

function isSystem(folder: string): boolean {
  return ['escale.yaml', 'escale.yml', 'escale.config.ts'].some((file) =>
    existsSync(path.join(folder, file)),
  );
}
