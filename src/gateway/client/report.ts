import type { RequestHead } from '../framing/request-head.ts';
import { now } from '../turn.ts';
import type { Instance } from '../upstream/instance.ts';
import type { Service } from '../upstream/service.ts';
import type { DataPlane } from './data-plane.ts';

/** How one request ended. */
export interface Ending {
  head: RequestHead;
  requestId: string;
  status: number;
  /** When its head was complete, ms of the monotonic clock. */
  began: number;
  bytes: { in: number; out: number };
  attempts: number;
}

/** Puts it into the metrics and the access log. */
export function writeDown(
  ending: Ending,
  client: { address: string; plane: DataPlane },
  by: { service: Service | null; instance: Instance | null },
): void {
  const { head, requestId, status, attempts, bytes } = ending;
  const seconds = (now() - ending.began) / 1_000;
  const measured = { status, seconds, bytesIn: bytes.in, bytesOut: bytes.out };
  if (by.service === null) client.plane.meter.unrouted(status);
  else by.service.meter.observe({ method: head.method, ...measured });
  const seen = { client: client.address, head, requestId, attempts, ...measured };
  client.plane.accessLog.request(seen, by.service?.key ?? '', by.instance?.spec ?? null);
}
