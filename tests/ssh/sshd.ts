import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { freePort, waitFor } from '../e2e/escale.ts';

/** Why no sshd can be started for tests here; false: one can. As the option `skip` of a test takes it. */
export function withoutSshd(): string | false {
  if (process.getuid?.() !== 0) return 'only root may start an sshd';
  if (!existsSync(SSHD)) return 'sshd is not installed (Debian: openssh-server)';
  return false;
}

const SSHD = '/usr/sbin/sshd';

/** What `ssh` of a test knows: a configuration, keys and known hosts of its own, and never the user's. */
export class SshClient {
  readonly folder: string;
  readonly key: string;
  private readonly config: string;
  private readonly known: string;

  constructor(folder: string) {
    this.folder = folder;
    this.key = path.join(folder, 'key');
    this.config = path.join(folder, 'config');
    this.known = path.join(folder, 'known_hosts');
    const bin = path.join(folder, 'bin');
    mkdirSync(bin, { recursive: true });
    makeKey(this.key);
    writeFileSync(this.config, `UserKnownHostsFile ${this.known}\nGlobalKnownHostsFile /dev/null\n`);
    writeFileSync(this.known, '');
    // The user's own files are found by the user database, whatever HOME says.
    writeFileSync(path.join(bin, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${this.config} "$@"\n`, {
      mode: 0o755,
    });
  }

  /** Environment of whoever uses it. */
  env(): NodeJS.ProcessEnv {
    return { PATH: `${path.join(this.folder, 'bin')}:${process.env.PATH}`, SSH_AUTH_SOCK: '' };
  }

  /** A host by an alias, with what its part of the configuration says beside. */
  alias(name: string, sshd: Sshd, more: string[] = [], key = this.key): void {
    const lines = [
      ...[
        `HostName 127.0.0.1`,
        `Port ${sshd.port}`,
        'User root',
        `IdentityFile ${key}`,
        'IdentitiesOnly yes',
      ],
      ...more,
    ];
    appendFileSync(this.config, [`Host ${name}`, ...lines.map((line) => `  ${line}`), ''].join('\n'));
  }

  trust(sshd: Sshd): void {
    const [type, key] = readFileSync(`${sshd.hostKey}.pub`, 'utf8').split(' ');
    appendFileSync(this.known, `[127.0.0.1]:${sshd.port} ${type} ${key}\n`);
  }
}

/** An sshd of a test's own on a free port of loopback. */
export class Sshd {
  readonly port: number;
  readonly hostKey: string;
  private readonly folder: string;
  private readonly settings: string[];
  private child: ChildProcess | null = null;

  private constructor(folder: string, port: number, settings: string[]) {
    this.folder = folder;
    this.port = port;
    this.settings = settings;
    this.hostKey = path.join(folder, 'host-key');
  }

  /** `env` is what whoever signs in finds. */
  static async start(
    folder: string,
    {
      client,
      env = {},
      settings = [],
    }: { client: SshClient; env?: Record<string, string>; settings?: string[] },
  ): Promise<Sshd> {
    mkdirSync(folder, { recursive: true });
    mkdirSync('/run/sshd', { recursive: true });
    const words = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const set = words.length === 0 ? [] : [`SetEnv ${words.join(' ')}`];
    const sshd = new Sshd(folder, await freePort(), [...set, ...settings]);
    makeKey(sshd.hostKey);
    writeFileSync(path.join(folder, 'authorized_keys'), readFileSync(`${client.key}.pub`));
    await sshd.resume();
    return sshd;
  }

  /** Takes connections, again. */
  async resume(): Promise<void> {
    const config = path.join(this.folder, 'sshd_config');
    const log = path.join(this.folder, 'sshd.log');
    rmSync(log, { force: true });
    const lines = [
      ...[`Port ${this.port}`, 'ListenAddress 127.0.0.1', `HostKey ${this.hostKey}`, 'PidFile none'],
      ...[`AuthorizedKeysFile ${path.join(this.folder, 'authorized_keys')}`, 'StrictModes no', 'UsePAM no'],
      ...[
        'PasswordAuthentication no',
        'KbdInteractiveAuthentication no',
        'PermitRootLogin prohibit-password',
      ],
      ...this.settings,
    ];
    writeFileSync(config, `${lines.join('\n')}\n`);
    this.child = spawn(SSHD, ['-D', '-f', config, '-E', log], { stdio: 'ignore' });
    await waitFor('sshd listens', () => readText(log).includes(`port ${this.port}`));
  }

  /** Every connection breaks, as when a cable is cut; new ones are taken. */
  cut(): void {
    for (const pid of childrenOf(this.child!.pid!)) process.kill(pid, 'SIGKILL');
  }

  /** The host is not to be reached any more. */
  stop(): void {
    if (this.child === null) return;
    const sessions = childrenOf(this.child.pid!);
    this.child.kill('SIGKILL');
    this.child = null;
    for (const pid of sessions) process.kill(pid, 'SIGKILL');
  }
}

function makeKey(file: string): void {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => / \(.*\) \S (\d+) /s.exec(readText(`/proc/${name}/stat`))?.[1] === String(pid))
    .map(Number);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
