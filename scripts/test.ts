/**
 * Every test of the repository, or those whose path contains one of some words: `npm test -- gateway host`.
 * Unit tests run together; those that start whole systems run one after the other, so that they don't starve each other.
 */
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const words = process.argv.slice(2);

const LONGEST_TEST_MS = 240_000;

const together = [
  'src/**/*.test.ts',
  'dashboard/src/**/*.test.ts',
  'scripts/**/*.test.ts',
  'tests/*.test.ts',
  'tests/bench/**/*.test.ts',
  'tests/contracts/**/*.test.ts',
];
const alone = ['systems/**/*.test.ts', 'tests/e2e/**/*.test.ts'];

const failed = [await run(together, 2), await run(alone, 1)].some((code) => code !== 0);
process.exit(failed ? 1 : 0);

/** Exit code of node's runner over the files that match; 0 when none does. */
function run(patterns: string[], concurrency: number): Promise<number> {
  const files = patterns
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .filter((file) => !file.includes('node_modules') && isAskedFor(file))
    .sort();
  if (files.length === 0) return Promise.resolve(0);
  const args = [
    '--disable-warning=ExperimentalWarning',
    '--test',
    `--test-concurrency=${concurrency}`,
    // A failed test may leave a server open: it must not keep the others waiting for ever.
    '--test-force-exit',
    `--test-timeout=${LONGEST_TEST_MS}`,
    ...files,
  ];
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env: testEnvironment() });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

/** All of them, or those whose path contains one of the words. */
function isAskedFor(file: string): boolean {
  return words.length === 0 || words.some((word) => file.includes(word));
}

/** Tests start their own Escale in their own folders, never the one of whoever runs them. */
function testEnvironment(): NodeJS.ProcessEnv {
  const runtime = path.dirname(process.execPath);
  const {
    ESCALE_HOME: _,
    ESCALE_HTTP_PORT: __,
    ESCALE_CONTEXT: ___,
    ESCALE_TOKEN: ____,
    ...env
  } = process.env;
  return { ...env, PATH: `${runtime}:${env.PATH ?? ''}`, NO_COLOR: '1' };
}
