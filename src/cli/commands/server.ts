import path from 'node:path';
import { Command } from 'commander';
import packageFile from '../../../package.json' with { type: 'json' };
import { EscaleError, isDiskFull } from '../../core/errors/index.ts';
import {
  claimKeeping,
  endKeeping,
  joinLocal,
  keepLocal,
  livingProcesses,
  localSetting,
  readServerFile,
  restoreSelf,
  type ServerFile,
  startLocal,
  stopLocal,
  takeOver,
  writeServerFile,
} from '../../server/index.ts';
import { portOf } from '../number.ts';
import { folderOf, localAddress, mustBeHere, mustJoin } from '../place.ts';
import { systemdUnit } from '../systemd-unit.ts';
import { harmless, paintFor } from '../text.ts';

interface RunOptions {
  listen?: string[];
  host?: string[];
  port?: number;
  json?: boolean;
}

export function serverCommand(): Command {
  return new Command('server')
    .description('Escale for a team: it stays, takes pushes, and keeps what it delivers running')
    .addCommand(runCommand(), { isDefault: true })
    .addCommand(stopCommand())
    .addCommand(unitCommand())
    .addCommand(backupCommand())
    .addCommand(restoreCommand());
}

function runCommand(): Command {
  return new Command('run')
    .description('Serve in the foreground; on Ctrl-C or SIGTERM this ends, and what runs runs on')
    .option('--listen <address...>', 'addresses to listen on beside loopback, such as 0.0.0.0')
    .option('--host <name...>', 'names under which it is reached, such as escale.example.org')
    .option('--port <number>', 'port of the gateway', portOf)
    .option('--json', 'one JSON object a line')
    .action(async (options: RunOptions) => {
      mustBeHere('server');
      const { changed, setting } = remember(options);
      claimKeeping();
      const running = await joinLocal();
      const version = running === null ? null : (await running.client.hello()).version;
      const isOther = version !== null && version !== packageFile.version;
      const escale = running !== null && (isOther || changed) ? await takeOver(running) : await startLocal();
      const gaveWay = Promise.withResolvers<string>();
      const stop = keepLocal(escale, () => gaveWay.resolve(GAVE_WAY));
      const interrupted = new Promise<string>((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(RUNS_ON));
      });
      say(options, { from: isOther ? version : null, changed: changed && running !== null, server: setting });
      const why = await Promise.race([interrupted, gaveWay.promise]);
      stop();
      if (!options.json) console.log(`\n${why}`);
      process.exit(0);
    });
}

/** The command itself, absolute: it brings its runtime along. */
const PROGRAM = path.join(import.meta.dirname, '..', '..', '..', 'escale');

const RUNS_ON = 'What runs runs on. `escale server stop` stops all of it.';
const GAVE_WAY = 'It was stopped, or another `escale server` keeps it now: this one has nothing left to do.';

/** Said once, it holds for whichever process comes back. */
function remember({ listen, host, port }: RunOptions): { changed: boolean; setting: ServerFile } {
  const { home } = localSetting();
  const before = readServerFile(home);
  const setting = {
    ...{ stays: true, listen: listen ?? before.listen, hosts: host ?? before.hosts },
    port: port ?? before.port,
  };
  const changed = JSON.stringify({ ...before, stays: true }) !== JSON.stringify(setting);
  writeServerFile(home, setting);
  return { changed, setting };
}

function say(
  options: RunOptions,
  { from, changed, server }: { from: string | null; changed: boolean; server: ServerFile },
): void {
  const url = localAddress();
  if (options.json) return void console.log(JSON.stringify({ type: 'serving', url, ...server }));
  const paint = paintFor(process.stdout);
  const lines = [
    `${paint.green('✓')} Escale ${packageFile.version} serves at ${paint.bold(url)}`,
    ...server.hosts.map((host) => `  also as ${harmless(host)}`),
    ...(from === null ? [] : [`  it took over from ${harmless(from)}; what ran runs on`]),
    ...(changed
      ? ['  addresses and port change when the gateway is started again: `escale server stop`, then this']
      : []),
    ...(server.listen.length > 0
      ? [
          paint.yellow(
            `  it listens on ${server.listen.join(', ')} without encryption: put TLS in front of it`,
          ),
        ]
      : []),
    '',
    '  sign in     escale open',
    '  add people  escale user add ada --grant deployer:staging',
    `  deliver     git remote add escale ${url}/git/NAME && git push escale main`,
  ];
  console.log(lines.join('\n'));
}

function stopCommand(): Command {
  return new Command('stop')
    .description('Stop Escale and everything that it runs; what was up comes back with the next start')
    .option('--json', 'as one JSON object')
    .action(async ({ json }: { json?: boolean }) => {
      mustBeHere('server stop');
      const escale = await joinLocal();
      endKeeping();
      noteThatItEnds();
      if (escale !== null) await stopLocal(escale);
      const text =
        escale === null ? 'Escale is not running here.' : '✓ Escale is stopped, and everything that it ran.';
      console.log(json ? JSON.stringify({ stopped: escale !== null }) : text);
    });
}

/** On a full disk it is stopped all the same. */
function noteThatItEnds(): void {
  const { home } = localSetting();
  try {
    writeServerFile(home, { ...readServerFile(home), stays: false });
  } catch (error) {
    if (!isDiskFull(error)) throw error;
  }
}

function unitCommand(): Command {
  return new Command('unit')
    .description('Print a systemd unit that starts it with the host')
    .option('--user <name>', 'user that it runs as', 'escale')
    .action(({ user }: { user: string }) => {
      process.stdout.write(systemdUnit({ command: PROGRAM, user }));
    });
}

function backupCommand(): Command {
  return new Command('backup')
    .description(
      'Copy what Escale itself knows: store, encrypted secrets, repositories; not the key of the secrets',
    )
    .option('--json', 'as one JSON object')
    .action(async ({ json }: { json?: boolean }) => {
      const { client } = await mustJoin();
      const folder = await client.backUpSelf();
      const { home } = localSetting();
      const text = `✓ ${folder}\n  Keep a copy of it elsewhere, and of ${home.secretKey} in another place.`;
      console.log(json ? JSON.stringify({ folder }) : text);
    });
}

function restoreCommand(): Command {
  return new Command('restore')
    .description('Bring such a copy back; Escale must be stopped, and what was there is kept')
    .argument('<folder>', 'folder of the copy')
    .option('--json', 'as one JSON object')
    .action(async (folder: string, { json }: { json?: boolean }) => {
      mustBeHere('server restore');
      const setting = localSetting();
      if (livingProcesses(setting).length > 0) throw new EscaleError('server-running', 'Escale runs here');
      const { takenAt, former } = await restoreSelf(setting.home, folderOf(folder), Date.now());
      const kept = former === null ? '' : ` What was there is in ${former}.`;
      const text = `✓ Escale knows what it knew on ${new Date(takenAt).toISOString()}.${kept}`;
      console.log(json ? JSON.stringify({ takenAt, former }) : text);
    });
}
