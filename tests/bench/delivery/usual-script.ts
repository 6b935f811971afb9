import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../stage.ts';
import { installPm2 } from '../zero-loss/pm2.ts';

const run = promisify(execFile);

/** The test step of hello's file, in the words of a shell script. */
const TEST = ['--test', '*.test.ts', 'routes/**/*.test.ts'];

export interface UsualScript {
  port: number;
  /** `npm ci`, the tests, `pm2 reload`; what each took, ms. */
  deliver(): Promise<Record<string, number>>;
  close(): Promise<void>;
}

/** What many a team has on its server, with as many workers as Escale runs. Null where pm2 can't be installed. */
export async function usualScript(
  folder: string,
  repository: string,
  workers: number,
): Promise<UsualScript | null> {
  const program = await installPm2(folder);
  if (program === null) return null;
  const port = await freePort();
  const names = { PM2_HOME: path.join(folder, 'home'), HOST: '127.0.0.1', PORT: String(port) };
  const env = { ...process.env, ...names, PATH: `${path.dirname(process.execPath)}:${process.env.PATH}` };
  const call = (file: string, args: string[]) =>
    run(file, args, { cwd: repository, env, maxBuffer: 64 << 20 });
  const pm2 = (...args: string[]) => call(process.execPath, [program, ...args]);
  const install = () => call('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund']);
  await install();
  const words = ['-i', String(workers), '--name', 'hello', '--interpreter', process.execPath];
  await pm2('start', 'server.ts', ...words, '--kill-timeout', '30000');
  return {
    port,
    deliver: async () => {
      const took: Record<string, number> = {};
      const step = async (name: string, work: () => Promise<unknown>) => {
        const began = performance.now();
        await work();
        took[name] = Math.round(performance.now() - began);
      };
      await step('install', install);
      await step('test', () => call(process.execPath, TEST));
      await step('reload', () => pm2('reload', 'hello'));
      return took;
    },
    close: async () => {
      await pm2('kill').catch(() => {});
    },
  };
}
