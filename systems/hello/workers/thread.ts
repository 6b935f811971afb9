import { MessageChannel, parentPort, workerData } from 'node:worker_threads';
import { flagsIn } from '../flags.ts';
import { createMetrics } from '../metrics.ts';
import { createService } from '../service.ts';
import type { FromThread, ThreadData, ToThread } from './messages.ts';

/** One worker: a whole service of its own, on the port that all of them share. */
async function main(): Promise<void> {
  const { settings, flagMemory, port } = workerData as ThreadData;
  const metrics = createMetrics();
  const service = createService({ settings, flags: flagsIn(flagMemory), metricsText, exit }, metrics);
  parentPort!.on('message', async (message: ToThread) => {
    if (message.kind === 'snapshot') message.reply.postMessage(await metrics.snapshot());
    if (message.kind === 'drain') message.reply.postMessage(await service.drain());
    if (message.kind === 'stop') {
      await service.stop();
      process.exit(0);
    }
  });
  await service.listen({ host: settings.host, port, reusePort: true });
  tell({ kind: 'listening' });
}

function exit(code: number): void {
  tell({ kind: 'exit', code });
}

function metricsText(): Promise<string> {
  const { port1, port2 } = new MessageChannel();
  tell({ kind: 'collect', reply: port2 });
  return new Promise((resolve) => {
    port1.once('message', (text: string) => {
      resolve(text);
      port1.close();
    });
  });
}

function tell(message: FromThread): void {
  parentPort!.postMessage(message, message.kind === 'collect' ? [message.reply] : []);
}

await main();
