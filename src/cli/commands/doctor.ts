import { execFileSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import net from 'node:net';
import { Command } from 'commander';
import type { HostFinding } from '../../core/target/index.ts';
import { dockerHere, joinLocal, livingProcesses, localSetting, type Overview } from '../../server/index.ts';
import { FAILED } from '../failure.ts';
import { mustJoin } from '../place.ts';
import { harmless, type Paint, paintFor } from '../text.ts';

type Finding = HostFinding;

/** Below this much free room a warning is given, bytes. */
const LITTLE_ROOM = 1e9;

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Look at this machine, or at a target, and say what is missing')
    .argument('[system]', 'with a target that is a cluster: what this system needs there')
    .option('--target <name>', 'a host or a cluster that `escale target add` made known')
    .option('--json', 'as one JSON object')
    .action(async (system: string | undefined, options: { target?: string; json?: boolean }) => {
      const { target } = options;
      const findings =
        target === undefined
          ? await examine()
          : await (await mustJoin()).client.examineTarget(target, system ?? null);
      if (options.json) console.log(JSON.stringify({ findings }));
      else console.log(findings.map((finding) => findingText(finding, paintFor(process.stdout))).join('\n'));
      if (findings.some(({ state }) => state === 'problem')) process.exitCode = FAILED;
    });
}

async function examine(): Promise<Finding[]> {
  const setting = localSetting();
  const escale = await joinLocal();
  const overview = escale === null ? null : await escale.client.overview();
  return [
    good('runtime', `Node ${process.version} on ${process.platform} ${process.arch}, pinned by Escale`),
    tool('git', ['--version'], 'releases carry no commit, and .gitignore is not read'),
    tool('npm', ['--version'], 'packages of Node services can’t be installed'),
    tool('python3', ['--version'], 'Python services can’t run'),
    ...(await docker()),
    good('home', setting.home.root),
    room(setting.home.root),
    await port(setting.httpPort, overview),
    ...processes(setting, overview),
    ...capabilities(overview),
  ];
}

function good(subject: string, text: string): Finding {
  return { subject, state: 'good', text };
}

function tool(name: string, args: string[], without: string): Finding {
  try {
    return good(
      name,
      execFileSync(name, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim(),
    );
  } catch {
    return {
      subject: name,
      state: 'note',
      text: `not found: ${without}`,
      next: `Install ${name} if a system needs it.`,
    };
  }
}

async function docker(): Promise<Finding[]> {
  const here = await dockerHere();
  if ('none' in here)
    return [{ subject: 'docker', state: 'note', text: `${here.none}: environments run on processes` }];
  const notes = here.notes.map((text): Finding => ({ subject: 'docker', state: 'note', text }));
  return [good('docker', here.text), ...notes];
}

function room(folder: string): Finding {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const text = `${(free / 1e9).toFixed(1)} GB free`;
  if (free > LITTLE_ROOM) return good('disk', text);
  return {
    subject: 'disk',
    state: 'problem',
    text,
    next: 'Free some space: deploys are refused when the disk is full.',
  };
}

async function port(number: number, overview: Overview | null): Promise<Finding> {
  const subject = 'port';
  if (overview?.host.gateway.connected) return good(subject, `the gateway listens on ${number}`);
  if (await isFree(number)) return good(subject, `${number} is free`);
  const next = 'Stop what holds it, or choose another one: ESCALE_HTTP_PORT=8081.';
  return { subject, state: 'problem', text: `${number} is taken by another program`, next };
}

function isFree(number: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer().once('error', () => resolve(false));
    server.listen(number, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function processes(setting: ReturnType<typeof localSetting>, overview: Overview | null): Finding[] {
  const living = livingProcesses(setting);
  if (overview === null && living.length === 0) return [good('processes', 'Escale is not running here')];
  const missing = ['control-plane', 'supervisor', 'gateway'].filter(
    (name) => !living.some((p) => p.name === name),
  );
  const text = living.map(({ name, pid }) => `${name} (pid ${pid})`).join(', ');
  if (missing.length === 0) return [good('processes', text)];
  const next = 'They start each other again; if that does not help: `escale down --all`, then `escale up`.';
  return [
    {
      subject: 'processes',
      state: 'problem',
      text: `${missing.join(', ')} not running; there are: ${text || 'none'}`,
      next,
    },
  ];
}

function capabilities(overview: Overview | null): Finding[] {
  const known = Object.entries(overview?.host.capabilities ?? {});
  if (known.length === 0) return [{ subject: 'limits', state: 'note', text: 'known once Escale runs' }];
  return known.map(
    ([subject, text]) => ({ subject, state: text.includes('only') ? 'note' : 'good', text }) as const,
  );
}

function findingText({ subject, state, text, next }: Finding, paint: Paint): string {
  const sign = { good: paint.green('✓'), note: paint.yellow('!'), problem: paint.red('✗') }[state];
  return [
    `${sign} ${subject.padEnd(10)} ${harmless(text)}`,
    ...(next ? [`  ${' '.repeat(10)} ${paint.dim(harmless(next))}`] : []),
  ].join('\n');
}
