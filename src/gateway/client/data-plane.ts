import type { ServiceKey } from '../../core/contracts/index.ts';
import type { Limits } from '../limits.ts';
import type { RouteMap } from '../routing/routes.ts';
import type { AccessLog } from '../telemetry/access-log.ts';
import type { PlaneMeter } from '../telemetry/meter.ts';
import type { Service } from '../upstream/service.ts';

/** What every client connection shares: the current table and where things are written down. */
export interface DataPlane {
  readonly limits: Limits;
  readonly routes: RouteMap;
  readonly services: ReadonlyMap<ServiceKey, Service>;
  readonly accessLog: AccessLog;
  readonly meter: PlaneMeter;
  /** Answers say that their connection ends. */
  readonly isRetired: boolean;
  /** Connections end, whatever was said. */
  readonly isClosing: boolean;
  nextRequestId(): string;
}

/** The listener a connection came in by. */
export interface Entry {
  /** `null`: public, by host and path. */
  service: ServiceKey | null;
  protocol: 'http' | 'https';
}
