import { makeStage, median, proportionalBytes } from './stage.ts';

const PROCESSES = ['control-plane', 'supervisor', 'gateway'] as const;
const SAMPLES = 5;
const SETTLE_MS = 5000;

/**
 * Memory (PSS) of Escale's own processes while hello runs, after it has been delivered, updated and asked.
 *   npm run bench -- footprint
 */
export async function run(): Promise<void> {
  const stage = await makeStage('footprint');
  try {
    await stage.escale(['deploy', stage.hello]);
    stage.changeHello();
    await stage.escale(['deploy', stage.hello]);
    const samples: Record<string, number>[] = [];
    for (let i = 0; i < SAMPLES; i++) {
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS / SAMPLES));
      samples.push(
        Object.fromEntries(PROCESSES.map((name) => [name, proportionalBytes(stage.pid(name)) / 1e6])),
      );
    }
    const megabytes = Object.fromEntries(
      PROCESSES.map((name) => [name, round(median(samples.map((s) => s[name]!)))]),
    );
    const total = round(Object.values(megabytes).reduce((sum, value) => sum + value, 0));
    for (const [name, value] of Object.entries(megabytes)) console.log(`${name.padEnd(14)} ${value} MB`);
    console.log(`${'together'.padEnd(14)} ${total} MB`);
    console.log(JSON.stringify({ bench: 'footprint', megabytes, total }));
  } finally {
    await stage.close();
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
