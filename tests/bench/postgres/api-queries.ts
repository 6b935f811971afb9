import http from 'node:http';
import path from 'node:path';
import pg from 'pg';
import { copySystem } from '../../copy-system.ts';
import { makeStage, median, type Stage } from '../stage.ts';

const ROUNDS = 5;
const ROUND_MS = 2000;
/** How many ask at the same time. */
const ASKING = 16;
const LIST = 'bench';
const READ = 'SELECT id, title, completed, "order" FROM todos WHERE list = $1 AND id = $2';
const WRITE = 'INSERT INTO todos (list, title) VALUES ($1, $2) RETURNING id, title, completed, "order"';

/**
 * The to-do API of tasks as Escale delivers it (gateway, two instances, PostgreSQL) against the same queries by `pg`
 * straight to that database: rounds in turn, medians.
 */
export async function measureApi() {
  const stage = await makeStage('postgres');
  try {
    await stage.escale(['deploy', copySystem('tasks', path.join(stage.folder, 'tasks'))]);
    const { pool, id } = await directTo(stage);
    const agent = new http.Agent({ keepAlive: true, maxSockets: ASKING });
    const call = caller(stage.httpPort, agent);
    const kinds = {
      apiReads: () => call('GET', `/api/l/${LIST}/todos/${id}`),
      directReads: () => pool.query({ name: 'read', text: READ, values: [LIST, id] }),
      apiWrites: () => call('POST', `/api/l/${LIST}/todos`, { title: 'one more' }),
      directWrites: () => pool.query({ name: 'write', text: WRITE, values: [LIST, 'one more'] }),
    };
    const rates = await inTurn(kinds);
    agent.destroy();
    await pool.end();
    const { apiReads, directReads, apiWrites, directWrites } = rates;
    return {
      ...rates,
      readsOfDirect: Number((apiReads / directReads).toFixed(2)),
      writesOfDirect: Number((apiWrites / directWrites).toFixed(2)),
    };
  } finally {
    await stage.close();
  }
}

/** The database of tasks, by the address that its API has; and a to-do in it. */
async function directTo(stage: Stage) {
  const { stdout } = await stage.escale(['exec', 'tasks/api', '--', 'printenv', 'DATABASE_URL']);
  const pool = new pg.Pool({ connectionString: stdout.trim(), max: ASKING });
  const { rows } = await pool.query<{ id: string }>(WRITE, [LIST, 'the first']);
  return { pool, id: rows[0]!.id };
}

/** Each kind for a while, one after the other, round by round; calls per second. */
async function inTurn<Kind extends string>(kinds: Record<Kind, () => Promise<unknown>>) {
  const names = Object.keys(kinds) as Kind[];
  const rates = new Map<Kind, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++)
    for (const name of names) rates.get(name)!.push(await rateOf(kinds[name]));
  return Object.fromEntries([...rates].map(([name, all]) => [name, Math.round(median(all))])) as Record<
    Kind,
    number
  >;
}

async function rateOf(call: () => Promise<unknown>): Promise<number> {
  const until = performance.now() + ROUND_MS;
  let calls = 0;
  const ask = async () => {
    for (; performance.now() < until; calls++) await call();
  };
  await Promise.all(Array.from({ length: ASKING }, ask));
  return (calls / ROUND_MS) * 1000;
}

function caller(port: number, agent: http.Agent) {
  return (method: string, target: string, body?: object): Promise<void> =>
    new Promise((resolve, reject) => {
      const headers = { host: 'tasks.localhost', 'content-type': 'application/json' };
      const options = { host: '127.0.0.1', port, path: target, method, headers, agent };
      const request = http.request(options, (response) => {
        response.resume().once('end', () => {
          if ((response.statusCode ?? 0) < 300) resolve();
          else reject(new Error(`${method} ${target} answered ${response.statusCode}`));
        });
      });
      request.once('error', reject);
      request.end(body && JSON.stringify(body));
    });
}
