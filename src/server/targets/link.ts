import { createHash } from 'node:crypto';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EscaleError, isAway } from '../../core/errors/index.ts';
import { homeLayout } from '../../core/home/index.ts';
import { parseAddress } from '../../core/target/index.ts';
import { connectSocket, type SocketClient } from '../../host/index.ts';
import { engineOver, type SupervisorEngine } from '../../supervisor/index.ts';
import {
  bringProgram,
  type Program,
  ProgramMissing,
  probe,
  programIn,
  Session,
} from '../../targets/index.ts';
import type { SessionOrder } from './order.ts';
import type { StoredTarget } from './target-store.ts';

export interface LinkParts {
  target: StoredTarget;
  /** Id of this control plane. */
  owner: string;
  /** Folder for its socket, private. */
  run: string;
  /** Folder that Escale runs from here. */
  root: string;
  imageBase: string | null;
  now: () => number;
  /** It is there, or there again. */
  onBack: () => void;
  /** It is away, for people. */
  onAway: (reason: EscaleError) => void;
}

/** Between two tries to connect, ms. */
const FIRST_MS = 250;
const LONGEST_MS = 10_000;

/** Whether a target answers; if not, since when and why. */
export type LinkState =
  | { state: 'connected' }
  /** `since`: ms since 1970; null: it has not answered yet since this control plane is there. */
  | { state: 'away'; since: number | null; problem: EscaleError | null };

/** The connection to one target, kept: made again whenever it ends, with what is missing there brought first. */
export class Link {
  readonly engine: SupervisorEngine;
  readonly client: SocketClient;
  private readonly parts: LinkParts;
  private readonly socket: string;
  private session: Session | null = null;
  private since: number | null = null;
  private problem: EscaleError | null = null;
  private isClosed = false;
  private kept: Promise<void> = Promise.resolve();
  /** Whoever wants to know how the try under way ends. */
  private readonly waiting: (() => void)[] = [];
  private wait: { timer: NodeJS.Timeout; over: () => void } | null = null;

  constructor(parts: LinkParts) {
    const { target, run } = parts;
    this.parts = parts;
    const short = createHash('sha256').update(target.name).digest('hex').slice(0, 8);
    this.socket = path.join(run, `to-${short}.sock`);
    this.client = connectSocket(this.socket, `The supervisor of ${target.name}`);
    this.engine = engineOver(this.client);
  }

  get state(): LinkState {
    if (this.session !== null) return { state: 'connected' };
    return { state: 'away', since: this.since, problem: this.problem };
  }

  /** Throws `target-away` while there is no connection. */
  mustBeThere(): void {
    if (this.session !== null) return;
    const { name } = this.parts.target;
    const why = this.problem === null ? 'it is being connected' : this.problem.message;
    throw new EscaleError('target-away', `${name} can't be reached: ${why}`, {
      ...(this.problem !== null && { next: this.problem.next }),
    });
  }

  /** Tries now where it is away, and not only when the next try is due. Resolves when that has ended, or after a while. */
  async settle(withinMs: number): Promise<void> {
    if (this.session !== null || this.isClosed) return;
    const tried = new Promise<void>((resolve) => this.waiting.push(resolve));
    this.wait?.over();
    await Promise.race([tried, pause(withinMs, undefined, { ref: false })]);
  }

  /** Connects, and goes on for ever. */
  keep(): void {
    this.kept = this.loop();
  }

  /** Resolves once nothing of it goes on any more. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.session?.end();
    this.wait?.over();
    await this.kept;
  }

  private async loop(): Promise<void> {
    let pauseMs = FIRST_MS;
    while (!this.isClosed) {
      const session = await this.begin().catch((error: Error) => this.away(error));
      this.session = session;
      for (const tried of this.waiting.splice(0)) tried();
      if (session === null) {
        await this.pause(pauseMs);
        pauseMs = Math.min(LONGEST_MS, pauseMs * 2);
        continue;
      }
      pauseMs = FIRST_MS;
      if (this.isClosed) return session.end();
      this.parts.onBack();
      const reason = await session.ended;
      session.end();
      this.session = null;
      if (!this.isClosed) this.away(reason);
    }
  }

  private away(error: Error): null {
    const problem = error instanceof EscaleError ? error : new EscaleError('target-failed', error.message);
    const isNews = this.problem === null;
    this.problem = problem;
    this.since ??= this.parts.now();
    if (isNews && !this.isClosed) this.parts.onAway(problem);
    return null;
  }

  private async begin(): Promise<Session> {
    const session = await beginSession(this.parts, { takeOver: false, leave: false, socket: this.socket });
    try {
      await this.engine.program();
    } catch (error) {
      session.end();
      throw isAway(error) ? forwardsNothing(this.parts.target) : error;
    }
    this.since = null;
    this.problem = null;
    return session;
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const over = () => {
        if (this.wait !== null) clearTimeout(this.wait.timer);
        this.wait = null;
        resolve();
      };
      this.wait = { timer: setTimeout(over, ms), over };
      if (this.isClosed) over();
    });
  }
}

type SessionParts = Pick<LinkParts, 'target' | 'owner' | 'root' | 'imageBase'>;

interface SessionManner extends Pick<SessionOrder, 'takeOver' | 'leave'> {
  /** Of this host, leads to the supervisor there; null: to none. */
  socket: string | null;
  tell?: (step: string) => void;
}

/** One session on a host; Escale is brought there where this version is missing. Throws `target-away`, `target-owned` and the like. */
export async function beginSession(parts: SessionParts, manner: SessionManner): Promise<Session> {
  const { target, owner, root, imageBase } = parts;
  const { takeOver, leave, socket, tell = () => {} } = manner;
  const { name, home, listen, port } = target;
  const address = parseAddress(target.address);
  const program = await programHere(root);
  const order: SessionOrder = { file: { owner, name, imageBase }, takeOver, leave, listen, port };
  const to = homeLayout(home, '/tmp').supervisorSocket;
  const wish = {
    ...{ address, command: sessionCommand(home, root, program), order },
    forward: socket === null ? null : { from: socket, to },
  };
  const begin = async () => {
    const session = await Session.begin(wish);
    const { ready } = session;
    if (leave || socket === null || ready.socket === to) return session;
    session.end();
    throw new EscaleError(
      'target-unfit',
      `the sockets of ${name} are not where they should be: ${ready.socket}`,
      {
        next: `Give the user there a shorter path for its home, or no TMPDIR of its own.`,
      },
    );
  };
  try {
    return await begin();
  } catch (error) {
    if (!(error instanceof ProgramMissing)) throw error;
    await bringOnce(`${target.address} ${home}`, async () =>
      bringProgram({ address, facts: await probe(address), root, program, tell }),
    );
    return begin().catch(stillMissing);
  }
}

const bringing = new Map<string, Promise<void>>();

/** For however many connections want it. */
function bringOnce(key: string, bring: () => Promise<void>): Promise<void> {
  const going = bringing.get(key) ?? bring().finally(() => bringing.delete(key));
  bringing.set(key, going);
  return going;
}

function stillMissing(error: unknown): never {
  if (!(error instanceof ProgramMissing)) throw error;
  throw new EscaleError('target-failed', `what was brought there can't be started: ${error.message}`);
}

const programs = new Map<string, Promise<Program>>();

/** Looked at once: a version of Escale does not change while it runs. */
export function programHere(root: string): Promise<Program> {
  const known = programs.get(root) ?? programIn(root);
  programs.set(root, known);
  return known;
}

function sessionCommand(home: string, root: string, { packages, sources }: Program): string[] {
  const part = (digest: string, ...rest: string[]) => path.join(home, 'parts', digest, ...rest);
  const runtime = path.relative(root, process.execPath);
  return [
    ...['env', `ESCALE_HOME=${home}`, 'ESCALE_HTTP_PORT='],
    part(packages.digest, runtime),
    ...['--disable-warning=ExperimentalWarning', '--import', part(sources.digest, 'bin', 'typescript.mjs')],
    part(sources.digest, 'src', 'server', 'processes', 'target-session.ts'),
  ];
}

function forwardsNothing({ name }: StoredTarget): EscaleError {
  return new EscaleError('target-unfit', `the sshd of ${name} forwards no unix sockets`, {
    next: 'Set `AllowStreamLocalForwarding yes` in its `/etc/ssh/sshd_config`, and leave `DisableForwarding` out.',
  });
}
