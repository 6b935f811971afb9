import type { DesiredSystem, ExecProcess, JobRun, LogQuery } from '../core/contracts/index.ts';
import { type Call, type RouteTable, untilSaid } from '../host/index.ts';
import type { Supervisor } from './supervisor.ts';

/** What the supervisor answers on its socket; `client.ts` is its other half. */
export function supervisorRoutes(
  supervisor: Supervisor,
  ends: { stop: () => void; retire: () => void; program: string },
): RouteTable {
  return {
    'PUT /desired': async ({ body }) => supervisor.apply(body as DesiredSystem),
    'DELETE /desired/:environment/:system': async ({ params }) =>
      supervisor.remove(params.system!, params.environment!),
    'PUT /runs': async ({ body }) => supervisor.run(body as JobRun),
    'DELETE /runs/:id': async ({ params }) => supervisor.forgetRun(params.id!),
    'POST /resources/:environment/:system/:name/hold': async ({ params }) =>
      supervisor.holdResource(keyOfParams(params)),
    'POST /resources/:environment/:system/:name/let-go': async ({ params }) =>
      supervisor.letGoResource(keyOfParams(params)),
    'GET /observation': async () => supervisor.observe(),
    'GET /wishes': async () => supervisor.wishes(),
    'GET /changed': async ({ query }) =>
      supervisor.news.changed(Number(query.get('seen')), Number(query.get('timeout'))),
    'GET /events': async ({ query, signal }) =>
      supervisor.news.events.after(Number(query.get('after')), signal),
    'POST /logs': async ({ body, signal }) => supervisor.readLogs(body as LogQuery, signal),
    'DELETE /logs/:environment/:system': async ({ params }) =>
      supervisor.forgetLogs(params.system!, params.environment!),
    'DELETE /volumes/:environment/:system': async ({ params }) =>
      supervisor.forgetVolumes(params.system!, params.environment!),
    'POST /tidy': async ({ body }) => supervisor.tidy((body as { artifacts: string[] }).artifacts),
    'POST /instances/:id/kill': async ({ params }) => supervisor.kill(params.id!),
    'POST /exec': async (call) => exec(supervisor, call),
    'POST /stop': async () => ends.stop(),
    'POST /retire': async () => ends.retire(),
    'GET /hello': async () => ({ pid: process.pid, program: ends.program }),
  };
}

function keyOfParams({ environment, system, name }: Record<string, string>): string {
  return `${environment}/${system}/${name}`;
}

async function* exec(supervisor: Supervisor, { query, request, signal }: Call) {
  const child = supervisor.exec(query.get('instance') ?? '', JSON.parse(query.get('command') ?? '[]'));
  signal.addEventListener('abort', () => child.kill(), { once: true });
  request.pipe(child.stdin);
  yield* outputOf(child);
  await untilSaid(request);
}

/** Pieces of output that may wait for a slow reader; then the command itself has to wait. */
const MOST_QUEUED = 64;

async function* outputOf(child: ExecProcess): AsyncIterable<object> {
  const queue: object[] = [];
  let wake = () => {};
  const push = (item: object) => {
    queue.push(item);
    if (queue.length >= MOST_QUEUED) for (const readable of [child.stdout, child.stderr]) readable.pause();
    wake();
  };
  for (const [stream, readable] of [['out', child.stdout] as const, ['err', child.stderr] as const])
    readable.on('data', (chunk: Buffer) => push({ stream, chunk: chunk.toString('base64') }));
  void child.exit.then(({ code, problem }) => {
    if (problem !== null) push({ stream: 'err', chunk: Buffer.from(`${problem}\n`).toString('base64') });
    push({ exit: code });
  });
  for (;;) {
    for (const item of queue.splice(0)) {
      yield item;
      if ('exit' in item) return;
    }
    child.stdout.resume();
    child.stderr.resume();
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (queue.length > 0) resolve();
    });
  }
}
