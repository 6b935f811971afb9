import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { EscaleError } from '../../core/errors/index.ts';
import { type ChangeEnd, type LocalEscale, startLocal, stopLocalIfIdle } from '../../server/index.ts';
import { showChange } from '../change.ts';
import { engineFor, engineOption } from '../engine.ts';
import { FAILED, printFailure } from '../failure.ts';
import { mustBeHere, nameOfFolder } from '../place.ts';
import { clock, duration, harmless, paintFor } from '../text.ts';
import { watchFolders } from '../watch.ts';
import { signInAddress } from './open.ts';

interface Options {
  shipped?: boolean;
  watch: boolean;
  detach?: boolean;
  environment: string;
  engine?: string;
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
    .addOption(engineOption())
    .option('--json', 'one JSON object a line')
    .action((words: string[], options: Options) => up(words, options));
}

async function up(words: string[], options: Options): Promise<void> {
  const interrupted = interruption();
  const began = Date.now();
  const folders = options.shipped
    ? shippedFolders(words)
    : (words.length > 0 ? words : ['.']).map((word) => path.resolve(word));
  mustBeHere('up');
  const engine = engineFor(options);
  const escale = await startLocal();
  if (!options.json)
    console.log(
      `${escale.started ? 'Escale started' : 'Joined Escale, which was running'} (${duration(Date.now() - began)})`,
    );
  const delivery: Delivery = { escale, options, engine, added: [], leaving: false, delivering: 0 };
  const delivered = Promise.withResolvers<void>();
  const unwatch = options.watch
    ? await watchFolders(folders, (folder) => delivered.promise.then(() => redeliver(folder, delivery)))
    : () => {};
  const good = await Promise.race([deliverAll(folders, delivery), interrupted]);
  if (typeof good === 'string') return stopAll(good, delivery, FAILED);
  if (!good && !options.watch) return leave(delivery, FAILED);
  if (options.json) console.log(JSON.stringify({ type: 'up', signIn: await signInAddress(escale), good }));
  else await printWhereToLook(escale, { ms: Date.now() - began, good }, options);
  if (options.detach) return unwatch();
  delivered.resolve();
  const stop = new AbortController();
  void followEvents(escale, options, stop.signal);
  const signal = await interrupted;
  stop.abort();
  unwatch();
  await stopAll(signal, delivery, good ? 0 : FAILED);
}

/** Also what is being delivered at this moment. */
async function stopAll(signal: string, delivery: Delivery, exitCode: number): Promise<void> {
  delivery.leaving = true;
  if (!delivery.options.json) console.log(`\n${signal}: stopping what this command added …`);
  await leave(delivery, exitCode);
}

/** What this command delivers with, and what it has added so far. */
interface Delivery {
  escale: LocalEscale;
  options: Options;
  /** What was said of it on the command line. */
  engine: ReturnType<typeof engineFor>;
  added: ChangeEnd['place'][];
  /** It is stopping: nothing is delivered any more. */
  leaving: boolean;
  /** How many deliveries are under way. */
  delivering: number;
}

/** In order, so that a reader can follow. A system whose file is wrong does not keep the others from starting. */
async function deliverAll(folders: string[], delivery: Delivery): Promise<boolean> {
  const { bold } = paintFor(process.stdout);
  let good = true;
  for (const folder of folders) {
    if (!delivery.options.json) console.log(`\n${bold(nameHere(folder))}`);
    good = (await deliver(folder, delivery)) && good;
  }
  if (!good) process.exitCode = FAILED;
  return good;
}

async function redeliver(folder: string, delivery: Delivery): Promise<void> {
  if (!delivery.options.json)
    console.log(`\n${paintFor(process.stdout).dim(`${nameHere(folder)} has changed`)}`);
  await deliver(folder, delivery);
}

/** Whether it is up as its folder says. */
async function deliver(folder: string, delivery: Delivery): Promise<boolean> {
  const { escale, options, added, engine } = delivery;
  const json = options.json ?? false;
  const { environment } = options;
  delivery.delivering += 1;
  try {
    const place = options.detach ? null : await newPlace(folder, escale, options);
    if (delivery.leaving) return false;
    if (place !== null) added.push(place);
    const end = await showChange(json, (tell) =>
      escale.client.deploy({ folder, environment, ...engine }, tell),
    );
    if (place !== null && !end.added) added.splice(added.indexOf(place), 1);
    if (end.rollout === null) await untilReady(end.place, delivery);
    return end.rollout === null || end.rollout.state === 'promoted';
  } catch (error) {
    printFailure(error, json);
    return false;
  } finally {
    delivery.delivering -= 1;
  }
}

/** What runs already may just be coming back after a crash: it is waited for, within reason. */
async function untilReady(place: ChangeEnd['place'], delivery: Delivery): Promise<void> {
  const { escale, options } = delivery;
  const until = Date.now() + COMING_BACK_MS;
  for (let isSaid = options.json ?? false; Date.now() < until && !delivery.leaving; isSaid = true) {
    const { systems } = await escale.client.overviewWhenBack();
    const system = systems.find(
      ({ name, environment }) => name === place.system && environment === place.environment,
    );
    if (system?.state !== 'degraded') return;
    if (!isSaid) console.log('  it is coming back: waiting until all of it is ready');
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

const COMING_BACK_MS = 60_000;
const LOOK_AGAIN_MS = 100;

function nameHere(folder: string): string {
  return path.relative(process.cwd(), folder) || '.';
}

/** Where a folder's system will be, when it is not up there yet; null for a file that can't be read. */
async function newPlace(
  folder: string,
  { client }: LocalEscale,
  { environment }: Options,
): Promise<ChangeEnd['place'] | null> {
  const system = await nameOfFolder(folder);
  const { systems } = await client.overviewWhenBack();
  const isUp = systems.some((one) => one.up && one.name === system && one.environment === environment);
  return system === null || isUp ? null : { system, environment };
}

const WORTH_SAYING = new Set([
  'instance-failed',
  'instance-unready',
  'instance-killed',
  'service-paused',
  'gateway-problem',
  'state-lost',
]);
const RECONNECT_MS = 250;
const PARENT_POLL_MS = 500;
/** Two SIGINTs within this are one Ctrl-C, ms. */
const SAME_PRESS_MS = 500;

/** Says what happens besides what was asked for here; keeps this command alive, whatever restarts meanwhile. */
async function followEvents({ client }: LocalEscale, options: Options, signal: AbortSignal): Promise<void> {
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

async function printWhereToLook(
  escale: LocalEscale,
  { ms, good }: { ms: number; good: boolean },
  options: Options,
): Promise<void> {
  const paint = paintFor(process.stdout);
  const { systems } = await escale.client.overview();
  const up = systems.filter((system) => system.up);
  const addresses = up.flatMap((system) => system.services.flatMap((service) => service.addresses));
  console.log(
    `\n${good ? paint.green('✓') : paint.red('✗')} ${up.length} ${up.length === 1 ? 'system' : 'systems'} up after ${duration(ms)}${good ? '' : '; not all of what was asked for'}`,
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
async function leave(delivery: Delivery, exitCode: number): Promise<void> {
  const { escale, added, options } = delivery;
  await takeDown(delivery);
  // A deploy that was asked for just before may arrive after that, since it has a connection of its own.
  while (delivery.delivering > 0) {
    await new Promise((resolve) => setTimeout(resolve, TAKE_DOWN_AGAIN_MS));
    await takeDown(delivery);
  }
  const stopped = await stopLocalIfIdle(escale);
  const down = added.map(({ system }) => system);
  const rest = stopped ? 'Nothing of Escale runs any more.' : 'Other systems are still up.';
  if (options.json) console.log(JSON.stringify({ type: 'left', down, stopped }));
  else console.log(`Stopped: ${down.join(', ') || 'nothing was added'}. ${rest}`);
  process.exit(exitCode);
}

const TAKE_DOWN_AGAIN_MS = 25;

async function takeDown({ escale, added }: Delivery): Promise<void> {
  await Promise.all(added.map((place) => escale.client.down(place).catch(unlessUnknown)));
}

/** What was interrupted before it became known needs no stopping. */
function unlessUnknown(error: unknown): void {
  if (!(error instanceof EscaleError) || error.code !== 'system-unknown') throw error;
}

/**
 * Resolves with the first signal that asks to end. A second Ctrl-C ends at once; but one alone comes twice below npm,
 * from the terminal and from npm, which passes it on.
 */
function interruption(): Promise<string> {
  let since: number | null = null;
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => {
        resolve(signal);
        since ??= performance.now();
        if (signal === 'SIGINT' && performance.now() - since > SAME_PRESS_MS) process.exit(130);
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
