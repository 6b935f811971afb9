import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { type LoadResult, runLoad } from '../load/index.ts';
import { freePort, type Stage, until } from '../stage.ts';

const run = promisify(execFile);

/**
 * The same load on hello under pm2's cluster mode with three instances, over three `pm2 reload`: the usual way to
 * update a Node service on one host. Null where pm2 can't be installed.
 */
export async function pm2Reload(stage: Stage, rate: number): Promise<LoadResult | null> {
  const pm2 = await installPm2(path.join(stage.folder, 'pm2'));
  if (pm2 === null) return null;
  const port = await freePort();
  const env = {
    ...process.env,
    PM2_HOME: path.join(stage.folder, 'pm2', 'home'),
    HOST: '127.0.0.1',
    PORT: String(port),
  };
  const call = (...args: string[]) => run(process.execPath, [pm2, ...args], { env, cwd: stage.hello });
  linkPackages(stage);
  await call('start', 'server.ts', '-i', '3', '--name', 'hello', '--interpreter', process.execPath);
  try {
    const target = { host: '127.0.0.1', port, hostHeader: 'hello.localhost' };
    await until('hello answers under pm2', () =>
      fetch(`http://127.0.0.1:${port}/`).then(
        (r) => r.ok,
        () => false,
      ),
    );
    const load = runLoad({
      target,
      rate,
      mix: { 'kept-alive': 60, echo: 25, 'new-connection': 10, chunked: 5 },
      websockets: 20,
    });
    for (let round = 0; round < 3; round++) await call('reload', 'hello');
    await until('enough requests', () => load.snapshot().total.sent >= rate * 15);
    return await load.stop();
  } finally {
    await call('kill').catch(() => {});
  }
}

async function installPm2(folder: string): Promise<string | null> {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), '{"private":true}');
    await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', 'pm2@7.0.4'], {
      cwd: folder,
    });
  } catch {
    console.log('pm2 can not be installed here: its comparison is skipped');
    return null;
  }
  const program = path.join(folder, 'node_modules', 'pm2', 'bin', 'pm2');
  return existsSync(program) ? program : null;
}

function linkPackages(stage: Stage): void {
  const modules = path.join(stage.hello, 'node_modules');
  if (existsSync(modules)) return;
  symlinkSync(path.join(import.meta.dirname, '..', '..', '..', 'node_modules'), modules);
}
