/** Programs for instances, one file each: plain Node, so that any engine can run them. */

const LISTEN = `server.listen(Number(process.env.PORT), process.env.HOST);`;
const END = `process.once('SIGTERM', () => { console.log('told to end'); server.close(() => process.exit(0)); });`;

function server(answer: string, more = END): string {
  return `import http from 'node:http';
import fs from 'node:fs';
const server = http.createServer(async (request, response) => { ${answer} });
${LISTEN}
${more}
`;
}

export const PROGRAMS = {
  /** \`/\`: who it is; \`/env\`: its environment; \`/slow\`: an answer after 1.5 s, and a word in the log before. */
  answers: server(`
    if (request.url === '/env') return response.end(JSON.stringify(process.env));
    if (request.url === '/slow') {
      console.log('asked, and slow');
      return setTimeout(() => response.end('at last'), 1500);
    }
    response.end(process.env.ESCALE_INSTANCE);`),
  neverReady: server(`console.log('not yet'); response.writeHead(503).end('not yet');`),
  crashes: `console.error('I can not go on'); process.exit(5);`,
  ignoresSigterm: server(`response.end('here');`, `process.on('SIGTERM', () => console.log('I stay'));`),
  worker: `let n = 0; setInterval(() => console.log('tick ' + ++n), 50);
process.once('SIGTERM', () => { console.log('told to end'); process.exit(0); });`,
  /** \`/call/NAME\`: what the service at the variable NAME answers. */
  calls: server(`
    if (!request.url.startsWith('/call/')) return response.end('ready');
    response.end(await (await fetch(process.env[request.url.slice(6)])).text());`),
  /** Notes each start in its folder; refuses to share it. */
  keepsData: server(
    `response.end(fs.readFileSync(process.env.DATA_DIR + '/starts', 'utf8'));`,
    `const lock = process.env.DATA_DIR + '/lock';
if (fs.existsSync(lock)) process.exit(9);
fs.writeFileSync(lock, '');
fs.appendFileSync(process.env.DATA_DIR + '/starts', process.env.ESCALE_RELEASE + ' ');
process.once('SIGTERM', () => { fs.rmSync(lock); server.close(() => process.exit(0)); });`,
  ),
  /** A job: does what its variable `DO` says, and says each time that it began. */
  job: `import fs from 'node:fs';
console.log('began');
if (process.env.DO === 'fail') { console.error('no such table'); process.exit(3); }
if (process.env.DO === 'stay') setInterval(() => {}, 1000);
else if (process.env.DO === 'wait for end') {
  const timer = setInterval(() => { if (fs.existsSync(process.env.TMPDIR + '/end')) clearInterval(timer); }, 20);
} else console.log('done: ' + (process.env.DATABASE_URL ?? '').slice(0, 11));`,
  writes100Megabytes: `import fs from 'node:fs';
const block = Buffer.from(('y'.repeat(99) + '\\n').repeat(10_000));
for (let i = 0; i < 100; i++) fs.writeSync(1, block);
console.log('that was all of it');
setInterval(() => {}, 1000);
process.once('SIGTERM', () => process.exit(0));`,
  /** Starts a child that leaves its session and would outlive it. */
  leavesChildren: `import { spawn } from 'node:child_process';
const child = spawn('sleep', ['3600'], { detached: true, stdio: 'ignore' });
child.unref();
console.log('child ' + child.pid);
setInterval(() => {}, 1000);
process.once('SIGTERM', () => process.exit(0));`,
} as const;

export type ProgramName = keyof typeof PROGRAMS;
