import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { PATIENCE_MS } from './wait.ts';

/** The program of this clone. */
export const ESCALE = path.join(import.meta.dirname, '..', '..', 'escale');

/** A command that takes longer is killed, ms. */
const LONGEST_MS = 90_000;

/** How a command of the CLI ended. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** Both, in the order in which they came. */
  output: string;
}

interface CommandOptions {
  program: string;
  env: NodeJS.ProcessEnv;
  cwd: string;
}

/** One `escale …` as a person runs it: the real program, its output kept. */
export class Command {
  readonly ended: Promise<Ended>;
  readonly child: ChildProcess;
  private readonly words: string[];
  private stdout = '';
  private stderr = '';
  output = '';
  private readonly watchers = new Set<() => void>();

  constructor(words: string[], { program, ...options }: CommandOptions) {
    this.words = words;
    this.child = spawn(program, words, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stdin!.on('error', () => {});
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.note(text);
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.note(text);
    });
    const timer = setTimeout(() => this.child.kill('SIGKILL'), LONGEST_MS);
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        clearTimeout(timer);
        const { stdout, stderr, output } = this;
        resolve({ code, signal, stdout, stderr, output });
      });
    });
  }

  /** Resolves with the match once the output so far has one. Rejects when it ends without. */
  until(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const give = (work: () => void) => {
        clearTimeout(timer);
        this.watchers.delete(look);
        work();
      };
      const fail = (why: string) => give(() => reject(new Error(`${this.title()} ${why}: ${this.output}`)));
      const look = () => {
        const match = pattern.exec(this.output);
        if (match !== null) give(() => resolve(match));
      };
      const timer = setTimeout(() => fail(`did not say ${pattern} in time`), PATIENCE_MS);
      this.watchers.add(look);
      void this.ended.then(() => fail(`ended without saying ${pattern}`));
      look();
    });
  }

  /** What a terminal does at Ctrl-C (SIGINT) or when it is closed (SIGHUP). */
  async interrupt(signal: NodeJS.Signals = 'SIGINT'): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }

  private note(text: string): void {
    this.output += text;
    for (const watcher of [...this.watchers]) watcher();
  }

  private title(): string {
    return `escale ${this.words.join(' ')}`;
  }
}

/** The JSON objects of an output, one a line. */
export function jsonLines<T>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as T);
}
