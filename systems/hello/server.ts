import type { Instance } from './instance.ts';
import { readSettings, type Settings } from './settings.ts';

/** Starts the instance that the environment describes, and stops it on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const settings = readSettings(process.env);
  let instance: Instance | null = null;
  stopOnSignal(settings, async () => instance?.drain());
  const { start } = settings.workers === 1 ? await import('./alone.ts') : await import('./workers/pool.ts');
  instance = await start(settings);
  const workers = settings.workers === 1 ? '' : ` with ${settings.workers} workers`;
  console.log(
    `hello ${settings.identity.version} listens on http://${settings.host}:${instance.port}${workers}`,
  );
}

function stopOnSignal({ drainMs }: Settings, drain: () => Promise<void>): void {
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return giveUp(`a second ${signal}`);
    stopping = true;
    setTimeout(giveUp, drainMs, `not done ${drainMs / 1000} s after ${signal}`).unref();
    await drain();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function giveUp(reason: string): never {
  console.error(`stopped with requests in flight: ${reason}`);
  process.exit(1);
}

main().catch((error: Error) => {
  console.error(`hello did not start: ${error.message}`);
  process.exit(1);
});
