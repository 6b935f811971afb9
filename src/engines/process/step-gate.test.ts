import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { StartRequest } from '../../core/contracts/index.ts';
import { stepCommand } from './step-gate.ts';

/** What a program sees behind the gate, in a session of its own as steps are. */
async function behindTheGate(...command: string[]): Promise<string> {
  const limits = { memoryBytes: null, cpu: null, processes: null, diskBytes: null };
  const [program, ...words] = stepCommand({ command, limits } as StartRequest, null);
  const child = spawn(program!, words, { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  child.stdin.end('go\n');
  return (await text(child.stdout)).trim();
}

test('a step is the last to get processor time', async () => {
  assert.equal(await behindTheGate('nice'), '10');
});

test('also where the kernel weighs sessions, and not the processes in them', async (t) => {
  if (!existsSync('/proc/self/autogroup')) return t.skip('this kernel does not group by session');
  assert.match(await behindTheGate('cat', '/proc/self/autogroup'), / nice 10$/);
});
