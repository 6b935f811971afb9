import type { UpstreamConnection, UpstreamUser } from '../upstream/connection.ts';
import type { Instance, RequestLoad } from '../upstream/instance.ts';

/** The instance and the connection that carry one request, now and before. */
export class Carrier {
  instance: Instance | null = null;
  upstream: UpstreamConnection | null = null;
  /** The last instance that was tried, for what is written down. */
  tried: Instance | null = null;
  attempts = 0;

  /** Gives the request to `instance`. After a failed attempt it never uses a pooled connection. */
  take(instance: Instance, request: RequestLoad & UpstreamUser, idempotent: boolean): UpstreamConnection {
    this.attempts++;
    this.instance = instance;
    this.tried = instance;
    instance.requests.add(request);
    instance.counts.requests++;
    instance.counts.inFlight++;
    this.upstream = instance.connect(request, { idempotent, fresh: this.attempts > 1 });
    return this.upstream;
  }

  /** The request is no load of the instance any more; its connection is the caller's. */
  leave(request: RequestLoad): UpstreamConnection | null {
    const { instance, upstream } = this;
    this.instance = null;
    this.upstream = null;
    if (instance === null) return upstream;
    instance.requests.delete(request);
    instance.counts.inFlight--;
    instance.left();
    return upstream;
  }
}
