/**
 * The contract of engines, and what can go wrong, on the cluster that the current kubeconfig points to, in namespaces of their own:
 * `ESCALE_TEST_REGISTRY=http://10.0.0.1:5000/escale npm run test:kubernetes`. The registry is one that this host and the nodes of
 * the cluster call by the same name.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const LONGEST_TEST_MS = 300_000;

const words = process.argv.slice(2);
const files = globSync('tests/kubernetes/*.test.ts', { cwd: root })
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort();
const runner = ['--test', '--test-concurrency=1', '--test-force-exit', `--test-timeout=${LONGEST_TEST_MS}`];
const args = ['--disable-warning=ExperimentalWarning', ...runner, ...files];
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
