/** Format, lint, types and imports, in one go; every problem is shown before it fails. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const bin = (name: string) => path.join(root, 'node_modules', '.bin', name);
const node = (...args: string[]): [string, string[]] => [process.execPath, args];

const checks: Record<string, [string, string[]]> = {
  'format and lint': [bin('biome'), ['check', '--error-on-warnings', '.']],
  types: [bin('tsc'), ['-p', '.']],
  'types of the dashboard': [bin('tsc'), ['-p', 'dashboard', '--noEmit']],
  'who imports whom': node('--test', '--test-reporter=dot', 'tests/architecture.test.ts'),
};
if (!existsSync(path.join(root, 'dashboard', 'tsconfig.json'))) delete checks['types of the dashboard'];

const failed = Object.entries(checks).filter(([name, [program, args]]) => {
  const began = performance.now();
  const { status } = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
  console.log(`${status === 0 ? '✓' : '✗'} ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  return status !== 0;
});
process.exit(failed.length === 0 ? 0 : 1);
