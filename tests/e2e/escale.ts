import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { Overview, ServiceView, SystemView } from '../../src/server/index.ts';
import { type Prepared, type RunningLoad, runLoad } from '../bench/load/index.ts';
import { Command, type Ended, ESCALE, jsonLines } from './command.ts';
import { type EscaleProcess, killAll, processesOf } from './processes.ts';
import { SystemFolder } from './system.ts';
import { PATIENCE_MS, waitFor } from './wait.ts';

export { type Ended, jsonLines } from './command.ts';
export { isAlive, kill, killAll, processesOf } from './processes.ts';
export type { SystemFolder } from './system.ts';
export { PATIENCE_MS, waitFor } from './wait.ts';

export type ProcessName = 'control-plane' | 'supervisor' | 'gateway';

/** An Escale of a test's own, driven through the CLI as a person would; nothing of it outlives the test. */
export async function startEscale(
  t: TestContext,
  options: { home?: string; finally?: () => void; env?: NodeJS.ProcessEnv } = {},
): Promise<Escale> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-e2e-'));
  // Others may pass through, so that instances run as another user where the tests run as root.
  chmodSync(folder, 0o711);
  const escale = new Escale({
    folder,
    home: options.home ?? path.join(folder, 'home'),
    port: await freePort(),
    env: options.env ?? {},
  });
  t.after(() => escale.end().finally(options.finally));
  return escale;
}

export class Escale {
  readonly folder: string;
  readonly home: string;
  readonly port: number;
  private readonly env: NodeJS.ProcessEnv;
  /** Which Escale the commands are of. */
  program = ESCALE;
  private readonly commands: Command[] = [];
  private readonly loads: RunningLoad[] = [];

  constructor(where: { folder: string; home: string; port: number; env: NodeJS.ProcessEnv }) {
    this.env = where.env;
    this.folder = where.folder;
    this.home = where.home;
    this.port = where.port;
  }

  /** A copy of a fixture, to be changed at will. */
  system(fixture: string, name = fixture): SystemFolder {
    return new SystemFolder(path.join(this.folder, 'systems', name), fixture, name);
  }

  /** Starts a command and goes on. */
  start(words: string[], cwd = this.folder): Command {
    const command = new Command(words, { program: this.program, env: this.environment(), cwd });
    this.commands.push(command);
    return command;
  }

  /** `escale server`, in the foreground of a command that goes on. */
  async serve(...words: string[]): Promise<Command> {
    const command = this.start(['server', ...words]);
    await command.until(/serves at|"serving"/);
    return command;
  }

  /** Runs a command to its end. */
  run(words: string[], cwd?: string): Promise<Ended> {
    return this.start(words, cwd).ended;
  }

  /** Runs a command that must succeed. */
  async must(words: string[], cwd?: string): Promise<Ended> {
    const ended = await this.run(words, cwd);
    assert.equal(ended.code, 0, `escale ${words.join(' ')}: ${ended.output}`);
    return ended;
  }

  async status(): Promise<Overview> {
    const { stdout } = await this.must(['status', '--json']);
    return JSON.parse(stdout) as Overview;
  }

  async systemView(name: string): Promise<SystemView> {
    const view = (await this.status()).systems.find((system) => system.name === name);
    assert.ok(view, `there is no ${name}`);
    return view;
  }

  async service(system: string, name = 'web'): Promise<ServiceView> {
    const service = (await this.systemView(system)).services.find((one) => one.name === name);
    assert.ok(service, `there is no ${system}/${name}`);
    return service;
  }

  /** What a query finds, as `escale db` shows it. */
  async rows(target: string, sql: string): Promise<(string | null)[][]> {
    const { stdout } = await this.must(['db', target, '-c', sql, '--json']);
    return (JSON.parse(stdout) as { rows: (string | null)[][] }).rows;
  }

  /** A GET through the gateway; connection errors reject. */
  request(host: string, target = '/', method = 'GET'): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: this.port, path: target, method, headers: { host } };
      const request = http.request({ ...options, agent: false }, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
      });
      request.once('error', reject);
      request.end();
    });
  }

  async body(host: string, target = '/'): Promise<string> {
    return (await this.request(host, target)).body;
  }

  /** Even load on a system that answers as `says-hello` does, or of the requests that `next` gives. */
  load(host: string, rate = 100, next?: () => Prepared): RunningLoad {
    const target = { host: '127.0.0.1', port: this.port, hostHeader: host };
    const mix = { 'kept-alive': 80, 'new-connection': 20, echo: 0, chunked: 0 };
    const load = runLoad({ target, rate, mix, ...(next && { next }), timeoutMs: PATIENCE_MS });
    this.loads.push(load);
    return load;
  }

  /** The pid of one of Escale's own processes, from its pid file. */
  pid(name: ProcessName): number {
    return JSON.parse(readFileSync(path.join(this.home, 'run', `${name}.pid`), 'utf8')).pid as number;
  }

  processes(): EscaleProcess[] {
    return processesOf(this.home);
  }

  /** Everything of it is gone; fails when something stays. */
  async nothingLeft(): Promise<void> {
    await waitFor('no process is left', () => this.processes().length === 0).catch(() => {});
    assert.deepEqual(this.processes(), []);
  }

  /** Ends what is left and says when the ordinary way was not enough. */
  async end(): Promise<void> {
    try {
      await Promise.all(this.loads.map((load) => load.stop()));
      for (const { child } of this.commands) if (child.exitCode === null) child.kill('SIGKILL');
      await this.run(
        existsSync(path.join(this.home, 'server.json')) ? ['server', 'stop'] : ['down', '--all'],
      );
      await this.nothingLeft();
    } finally {
      killAll(this.home);
      rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  private environment(): NodeJS.ProcessEnv {
    // Contexts that whoever runs the tests has signed in to are not theirs.
    const { FORCE_COLOR: _, XDG_CONFIG_HOME: __, ...env } = process.env;
    return {
      ...env,
      HOME: this.folder,
      // What npm has fetched once need not be fetched for every home of a test.
      npm_config_cache: env.npm_config_cache ?? path.join(os.homedir(), '.npm'),
      ESCALE_HOME: this.home,
      ESCALE_HTTP_PORT: String(this.port),
      NO_COLOR: '1',
      ...this.env,
    };
  }
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Operations of a change as `--json` told them: planned, and carried out in this order. */
export function operationsOf(ended: Ended): { planned: unknown[]; done: unknown[] } {
  const lines = jsonLines<{ type: string; operations?: unknown[]; operation?: unknown }>(ended.stdout);
  return {
    planned: lines.find(({ type }) => type === 'plan')?.operations ?? [],
    done: lines.filter(({ type }) => type === 'done').map(({ operation }) => operation),
  };
}
