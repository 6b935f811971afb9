import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import type { LogLine, LogQuery, OutputChunk } from '../core/contracts/index.ts';
import { LineCutter } from './line-cutter.ts';

/** A file of the log is closed at this size, and this many are kept for each service. */
const FILE_BYTES = 8 << 20;
const FILES_KEPT = 4;

/** How a line of Escale's own ends that tells of output that was lost. */
export const LOST_OUTPUT = / bytes of output came too fast and were not kept$/;

/** Of whom a line is. */
export interface LogSource {
  system: string;
  environment: string;
  service: string;
  instance: string;
  release: number;
}

/** What services wrote, as JSON lines for each service, kept over releases, bounded on disk. */
export class LogStore {
  private readonly folder: string;
  private readonly cutters = new Map<string, LineCutter>();
  /** Files whose last line is known to have its end; a crash or a full disk may have cut one. */
  private readonly whole = new Set<string>();
  private readonly followers = new Set<(place: string, line: LogLine) => void>();

  private readonly masked: (system: string, text: string) => string;

  /** `masked` hides values of secrets: a program may print them, or whoever pushed it may have wanted it to. */
  constructor(folder: string, masked: (system: string, text: string) => string = (_, text) => text) {
    this.folder = folder;
    this.masked = masked;
  }

  /** Adds raw output: cut into lines, an unfinished one is kept for the next call. */
  append(source: LogSource, { stream, bytes, lostBytes }: OutputChunk, now: number): void {
    const cutter = this.cutterOf(source, stream);
    const lines = (texts: string[]) => texts.map((text) => this.lineOf(source, stream, text, now));
    const gap = lostBytes > 0 ? [...lines(cutter.end()), lostNote(source, lostBytes, now)] : [];
    this.write(source, [...gap, ...lines(cutter.push(bytes))]);
  }

  /** Adds a line of Escale's own about an instance. */
  note(source: LogSource, text: string, now: number): void {
    this.write(source, [lineOf(source, 'escale', text, now)]);
  }

  /** An instance has ended: what it left without a newline becomes a line. */
  finish(source: LogSource, now: number): void {
    for (const stream of ['out', 'err'] as const) {
      const rest = this.cutterOf(source, stream).end();
      this.cutters.delete(`${source.instance}/${stream}`);
      this.write(
        source,
        rest.map((text) => this.lineOf(source, stream, text, now)),
      );
    }
  }

  /** Lines in order of time: those that are there, then, with `follow`, those to come. */
  async *read(query: LogQuery, services: string[], signal: AbortSignal): AsyncIterable<LogLine> {
    const place = placeOf(query);
    const queue: LogLine[] = [];
    let wake = () => {};
    const follower = (from: string, line: LogLine) => {
      if (from !== place || !matches(query, line)) return;
      queue.push(line);
      wake();
    };
    const stop = () => wake();
    if (query.follow) this.followers.add(follower);
    signal.addEventListener('abort', stop);
    try {
      yield* this.past(query, services);
      while (query.follow && !signal.aborted) {
        yield* queue.splice(0);
        if (queue.length === 0 && !signal.aborted)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      this.followers.delete(follower);
      signal.removeEventListener('abort', stop);
    }
  }

  /** Everything of a system that ever wrote something and is still kept, whether it runs or not. */
  services({ environment, system }: { environment: string; system: string }): string[] {
    const folder = path.join(this.folder, environment, system);
    const names = readdirOrNone(folder);
    return [...new Set(names.map((name) => name.replace(/\.jsonl(?:\.\d+)?$/, '')))];
  }

  /** Nothing writes there any more. */
  forget({ environment, system }: { environment: string; system: string }): void {
    rmSync(path.join(this.folder, environment, system), { recursive: true, force: true });
    // The folder of an environment that had others in it stays.
    if (readdirOrNone(path.join(this.folder, environment)).length === 0)
      rmSync(path.join(this.folder, environment), { recursive: true, force: true });
  }

  /** The last lines of one instance, oldest first. */
  lastLines(source: LogSource, count: number): string[] {
    const query = { system: source.system, environment: source.environment, instance: source.instance };
    return this.past({ ...query, tail: count }, [source.service])
      .filter((line) => line.stream !== 'escale')
      .map((line) => line.text);
  }

  private past(query: LogQuery, services: string[]): LogLine[] {
    const lines = services
      .flatMap((service) => this.filesOf(query, service).flatMap(readLines))
      .filter((line) => matches(query, line))
      .sort((a, b) => a.at - b.at);
    return query.tail === undefined ? lines : lines.slice(-query.tail || lines.length);
  }

  private lineOf(source: LogSource, stream: 'out' | 'err', text: string, now: number): LogLine {
    return lineOf(source, stream, this.masked(source.system, text), now);
  }

  private write(source: LogSource, lines: LogLine[]): void {
    if (lines.length === 0) return;
    try {
      this.appendTo(this.fileOf(source), lines);
    } catch {
      // A full disk loses log lines rather than instances.
    }
    for (const line of lines) for (const follower of this.followers) follower(placeOf(source), line);
  }

  private appendTo(file: string, lines: LogLine[]): void {
    const before = this.whole.delete(file) ? '' : '\n';
    appendFileSync(file, `${before}${lines.map((line) => JSON.stringify(line)).join('\n')}\n`, {
      mode: 0o600,
    });
    this.whole.add(file);
    this.rotate(file);
  }

  private cutterOf(source: LogSource, stream: 'out' | 'err'): LineCutter {
    const key = `${source.instance}/${stream}`;
    const cutter = this.cutters.get(key) ?? new LineCutter();
    this.cutters.set(key, cutter);
    return cutter;
  }

  private fileOf(source: LogSource): string {
    const folder = path.join(this.folder, source.environment, source.system);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return path.join(folder, `${source.service}.jsonl`);
  }

  private filesOf(query: LogQuery, service: string): string[] {
    const newest = path.join(this.folder, query.environment, query.system, `${service}.jsonl`);
    const older = Array.from({ length: FILES_KEPT - 1 }, (_, index) => `${newest}.${FILES_KEPT - 1 - index}`);
    return [...older, newest].filter((file) => existsSync(file));
  }

  private rotate(file: string): void {
    if (statSync(file).size < FILE_BYTES) return;
    rmSync(`${file}.${FILES_KEPT - 1}`, { force: true });
    for (let index = FILES_KEPT - 2; index >= 1; index--)
      if (existsSync(`${file}.${index}`)) renameSync(`${file}.${index}`, `${file}.${index + 1}`);
    renameSync(file, `${file}.1`);
  }
}

function readdirOrNone(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function readLines(file: string): LogLine[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      try {
        return JSON.parse(line) as LogLine;
      } catch {
        return null;
      }
    })
    .filter((line) => line !== null);
}

function matches(query: LogQuery, line: LogLine): boolean {
  return (
    (query.service === undefined || query.service === line.service) &&
    (query.instance === undefined || query.instance === line.instance)
  );
}

function placeOf({ environment, system }: { environment: string; system: string }): string {
  return `${environment}/${system}`;
}

function lineOf(source: LogSource, stream: LogLine['stream'], text: string, at: number): LogLine {
  const { service, instance, release } = source;
  return { at, service, instance, release, stream, text };
}

function lostNote(source: LogSource, bytes: number, at: number): LogLine {
  return lineOf(source, 'escale', `${bytes} bytes of output came too fast and were not kept`, at);
}
