import { now } from '../turn.ts';
import type { Instance } from '../upstream/instance.ts';
import type { Service } from '../upstream/service.ts';
import type { DataPlane } from './data-plane.ts';
import type { KnownRequest } from './known-request.ts';

/** How one request ended. */
export interface Ending {
  request: KnownRequest;
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
  plane: DataPlane,
  by: { service: Service | null; instance: Instance | null },
): void {
  const { request, requestId, status, attempts, bytes } = ending;
  const seconds = (now() - ending.began) / 1_000;
  const measured = { status, seconds, bytesIn: bytes.in, bytesOut: bytes.out };
  if (by.service === null) plane.meter.unrouted(status);
  else by.service.meter.observe({ method: request.head.method, ...measured });
  const seen = { request: request.logged, requestId, attempts, ...measured };
  plane.accessLog.request(seen, by.service?.key ?? '', by.instance?.spec ?? null);
}
