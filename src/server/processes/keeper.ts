import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';

export interface Kept {
  /** For messages: `supervisor`. */
  name: string;
  /** Entry file beside this one. */
  entry: string;
  /** Its unix socket: it is there while somebody accepts connections on it. */
  socket: string;
  logFile: string;
  env: NodeJS.ProcessEnv;
  /** Its pid while it lives, also before it accepts connections. */
  pid: () => number | null;
  /** Space for short-lived objects: V8's default costs a quiet process 30 MB and more. */
  youngMegabytes: number;
}

export interface KeeperNews {
  /** Why it can't be started, for people. */
  onProblem?: (message: string) => void;
  /** It was away and is there again. */
  onBack?: () => void;
  /** Asked before it is started again; false: it is kept no more. */
  isWanted?: () => boolean;
  onUnwanted?: () => void;
}

/** Code of an exit that starting again would not mend, such as a taken port. */
export const EXIT_TAKEN = 98;
/** Code of an exit because of what a person can mend: the log's last line is the error, as JSON. */
export const EXIT_REFUSED = 97;
/** Code of an exit because another process holds the lock: the one that is wanted is there already. */
export const EXIT_LOCKED = 75;

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5000;
const LOOK_MS = 10;

/**
 * Keeps one of Escale's processes alive: starts it when nobody listens on its socket, notices its end through an
 * open connection, starts it again at once. Processes outlive their keeper; two keepers do no harm, since the
 * process itself holds a lock.
 */
export class Keeper {
  private readonly kept: Kept;
  private readonly tell: KeeperNews;
  private stopped = false;
  private watching: net.Socket | null = null;
  private starting: ChildProcess | null = null;
  /** Why it could not be started, for people; null while all is well. */
  problem: string | null = null;

  constructor(kept: Kept, tell: KeeperNews = {}) {
    this.kept = kept;
    this.tell = tell;
  }

  /** Resolves when it is there for the first time; keeps on after that. Rejects when it can't be started. */
  async start(): Promise<void> {
    await this.ensure();
    void this.keep();
  }

  /** Looks no more; what it was just starting ends, so that nobody is left who would start the others again. */
  stop(): void {
    this.stopped = true;
    this.starting?.kill();
    this.watching?.destroy();
  }

  private async keep(): Promise<void> {
    while (!this.stopped) {
      await this.untilGone();
      if (this.stopped) return;
      if (this.tell.isWanted?.() === false) return this.tell.onUnwanted?.();
      await this.ensure().then(
        () => this.tell.onBack?.(),
        () => sleep(LONGEST_PAUSE_MS),
      );
    }
  }

  private async ensure(): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    while (!this.stopped && !(await accepts(this.kept.socket))) {
      if (this.kept.pid() !== null) {
        await sleep(LOOK_MS);
        continue;
      }
      const code = await this.startOnce();
      if (code === EXIT_TAKEN) this.tellProblem(lastLineOf(this.kept.logFile));
      if (code !== null) await sleep(pause);
      pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
    }
    this.problem = null;
  }

  /**
   * Null once it accepts connections; the exit code of the try when it ended instead. A try that was not needed
   * (another process was faster) is ended: it would take the lock as soon as that one is stopped.
   */
  private async startOnce(): Promise<number | null> {
    const child = startDetached(this.kept);
    this.starting = child;
    const code = await this.untilThere(child);
    this.starting = null;
    if (code === null && this.kept.pid() !== child.pid) child.kill();
    return code;
  }

  private async untilThere(child: ChildProcess): Promise<number | null> {
    let code: number | null = null;
    child.once('exit', (value) => {
      code = value ?? -1;
    });
    child.once('error', () => {
      code = -1;
    });
    while (code === null && !this.stopped) {
      if (await accepts(this.kept.socket)) return null;
      await sleep(LOOK_MS);
    }
    return code;
  }

  private untilGone(): Promise<void> {
    return new Promise((resolve) => {
      const socket = net.connect(this.kept.socket);
      this.watching = socket;
      socket.on('error', () => {});
      socket.on('close', () => resolve());
      socket.resume();
    });
  }

  private tellProblem(message: string): void {
    if (this.problem === message) return;
    this.problem = message;
    this.tell.onProblem?.(message);
  }
}

/** Whether somebody accepts connections on a unix socket. */
export function accepts(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** What the command that starts it says of its own is not for a process that stays. */
const YOUNG = /^--(?:min|max)-semi-space-size=/;

/** Starts a process that outlives this one, its output appended to a file. */
export function startDetached({ entry, logFile, env, youngMegabytes }: Kept): ChildProcess {
  const log = openSync(logFile, 'a', 0o600);
  try {
    const file = path.join(import.meta.dirname, entry);
    const child = spawn(
      process.execPath,
      [
        ...process.execArgv.filter((option) => !YOUNG.test(option)),
        `--max-semi-space-size=${youngMegabytes}`,
        file,
      ],
      {
        cwd: '/',
        env,
        stdio: ['ignore', log, log],
        detached: true,
      },
    );
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/** Where a process says why it ended. */
export function lastLineOf(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) ?? '';
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
