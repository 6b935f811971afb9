import type { Failure, LoadResult } from './result.ts';

/** Prints what became of a load, for people. */
export function report(name: string, result: LoadResult): void {
  const { total, sockets, failuresByKind, byRequest } = result;
  console.log(`\n${name}`);
  console.log(
    `  ${total.sent} requests, ${total.failed} failed ${JSON.stringify(failuresByKind)}, client lag at most ${Math.round(result.maxLagMs)} ms`,
  );
  for (const [request, row] of Object.entries(byRequest))
    console.log(
      `  ${request.padEnd(15)} ${row.sent} sent, ${row.failed} failed, p50 ${row.latencyMs.p50} ms, p99 ${row.latencyMs.p99} ms`,
    );
  const codes = Map.groupBy(sockets.ends, (end) => (end.byClient ? 'by the client' : String(end.code)));
  console.log(
    `  WebSockets: ${sockets.opened} opened, ends ${JSON.stringify(Object.fromEntries([...codes].map(([c, e]) => [c, e.length])))}`,
  );
  for (const failure of result.failures.slice(0, 20)) console.log(`    ${failureText(failure)}`);
}

function failureText({ kind, request, idempotent, at, detail }: Failure): string {
  return `${new Date(at).toISOString().slice(11, 23)} ${request} ${kind}${idempotent ? '' : ' (may not be sent again)'} ${detail}`;
}
