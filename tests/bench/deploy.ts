import { makeStage, median } from './stage.ts';

const ROUNDS = 7;

/**
 * One changed file of hello: from the command to the last old instance gone, drain included, without load.
 *   npm run bench -- deploy
 */
export async function run(): Promise<void> {
  const stage = await makeStage('deploy');
  try {
    const first = await stage.escale(['deploy', stage.hello]);
    console.log(first.stdout);
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      stage.changeHello();
      const { ms, stdout } = await stage.escale(['deploy', stage.hello]);
      times.push(ms);
      if (round === ROUNDS - 1) console.log(stdout);
    }
    const rollback = await stage.escale(['rollback', 'hello']);
    const figures = {
      bench: 'deploy',
      medianMs: Math.round(median(times)),
      slowestMs: Math.round(Math.max(...times)),
      rollbackMs: Math.round(rollback.ms),
    };
    console.log(JSON.stringify(figures));
  } finally {
    await stage.close();
  }
}
