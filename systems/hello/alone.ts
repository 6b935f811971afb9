import { flagsIn, newFlagMemory } from './flags.ts';
import type { Instance } from './instance.ts';
import { createMetrics, renderMetrics } from './metrics.ts';
import { createService } from './service.ts';
import type { Settings } from './settings.ts';

/** An instance of one thread, this one. */
export async function start(settings: Settings): Promise<Instance> {
  const flags = flagsIn(newFlagMemory());
  const metrics = createMetrics();
  const metricsText = async () => renderMetrics([await metrics.snapshot()]);
  const exit = (code: number) => process.exit(code);
  const service = createService({ settings, flags, metricsText, exit }, metrics);
  const port = await service.listen({ host: settings.host, port: settings.port });
  return {
    port,
    drain: async () => {
      flags.draining = true;
      await service.drain();
      await service.stop();
    },
  };
}
