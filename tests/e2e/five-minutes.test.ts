import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { type Block, ROOT, readPage } from '../documents/markdown.ts';
import { type Escale, startEscale } from './escale.ts';

const SECTION = /^## Five minutes to your own application$[\s\S]*?(?=^## )/m;

/** What the section shows, in its order: files to write, commands to run, answers to get. */
function steps(): Block[] {
  const { text, blocks } = readPage('README.md');
  const section = SECTION.exec(text)?.[0] ?? '';
  const first = text.slice(0, text.indexOf(section)).split('\n').length;
  const last = first + section.split('\n').length;
  return blocks.filter(({ line, language }) => line >= first && line < last && language !== 'yaml');
}

test('the five minutes of the README, as they are written', { timeout: 180_000 }, async (t) => {
  const escale = await startEscale(t);
  const answers: string[] = [];
  let printed = '';
  for (const block of steps())
    if (block.language === 'sh') printed = await runBlock(block, escale);
    else if (block.language === 'text') {
      assert.ok(printed.endsWith(block.text), `README.md:${block.line}: got ${printed}`);
      answers.push(block.text.trim());
    } else write(path.join(escale.folder, block.title), block.text);
  assert.deepEqual(answers, ['Hello from Node', 'Hello from Python', '<h1>Hello from a folder</h1>']);
  await escale.nothingLeft();
});

function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Runs a block's lines one after the other; each must succeed. Returns all that they printed. */
async function runBlock({ text, title }: Block, escale: Escale): Promise<string> {
  const printed: string[] = [];
  for (const line of text.trim().split('\n'))
    printed.push(
      line.startsWith('curl ')
        ? await ask(line, escale)
        : await runLine(line, title === 'setup' ? ROOT : escale.folder, escale),
    );
  return printed.join('');
}

/** curl is not on every machine: its request is made here, to this test's own port. */
async function ask(line: string, escale: Escale): Promise<string> {
  const url = new URL(/^curl (http:\S+)$/.exec(line)?.[1] ?? '');
  assert.equal(url.port, '8080');
  const { status, body } = await escale.request(url.hostname, url.pathname);
  assert.equal(status, 200, line);
  return body;
}

function runLine(line: string, cwd: string, escale: Escale): Promise<string> {
  const env = {
    ...process.env,
    HOME: escale.folder,
    PATH: `${escale.folder}/.local/bin:${process.env.PATH}`,
    ESCALE_HOME: escale.home,
    ESCALE_HTTP_PORT: String(escale.port),
  };
  const child = spawn('sh', ['-c', line], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(String(chunk)));
  return new Promise((resolve, reject) => {
    child.once('close', (code) => {
      if (code === 0) resolve(output.join(''));
      else reject(new Error(`\`${line}\` exited with ${code}:\n${output.join('')}`));
    });
  });
}
