import { after, before, describe, type TestContext, test } from 'node:test';
import { lifeTests } from './engine-life.ts';
import { outputTests } from './engine-output.ts';
import { resourceTests } from './engine-resources.ts';
import { runTests } from './engine-runs.ts';
import { startTests } from './engine-start.ts';
import { survivalTests } from './engine-survival.ts';
import type { EngineUnderTest } from './engine-under-test.ts';
import { TestSystem } from './system.ts';

/** Registers one test: it gets a system of its own, which is removed when it ends. */
export type Register = (name: string, body: (system: TestSystem, t: TestContext) => Promise<void>) => void;

/** How an engine differs from those of one host. */
export interface Ways {
  /** Tests of what it can't do or does differently by title, each with the reason. */
  skip?: Record<string, string>;
  systemOf?: (made: EngineUnderTest, name: string) => TestSystem;
}

/** Registers every test of the contract of the port `Engine` for one engine, which is made once. */
export function engineContract(
  name: string,
  makeEngine: () => Promise<EngineUnderTest>,
  { skip = {}, systemOf = (made, system) => new TestSystem(made, system) }: Ways = {},
): void {
  describe(`the engine contract: ${name}`, () => {
    let made: EngineUnderTest;
    let systems = 0;
    before(async () => {
      made = await makeEngine();
    });
    after(() => made.close());
    const register: Register = (title, body) => {
      test(title, { skip: skip[title] ?? false }, async (t) => {
        systems += 1;
        const system = systemOf(made, `system-${systems}`);
        try {
          await body(system, t);
        } finally {
          await system.remove();
        }
      });
    };
    const suites = [lifeTests, startTests, outputTests, survivalTests, runTests, resourceTests];
    for (const tests of suites) tests(register);
  });
}
