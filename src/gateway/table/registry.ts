import type {
  InstanceTraffic,
  ServiceKey,
  TrafficEvent,
  TrafficInstance,
  TrafficService,
  TrafficTable,
} from '../../core/contracts/index.ts';
import type { Limits } from '../limits.ts';
import { RouteMap } from '../routing/routes.ts';
import { ServiceMeter } from '../telemetry/meter.ts';
import { isSameAddress } from '../upstream/address.ts';
import { Drain } from '../upstream/drain.ts';
import { Instance } from '../upstream/instance.ts';
import { underSuspicion } from '../upstream/readiness.ts';
import { Service } from '../upstream/service.ts';

type Emit = (event: TrafficEvent) => void;

/** The services and instances of the current table, with everything that outlives a change of it. */
export class Registry {
  version = -1;
  routes = new RouteMap([]);
  readonly services = new Map<ServiceKey, Service>();
  private readonly drains = new Map<Instance, Drain>();
  /** Gone from the table, still draining. */
  private readonly leaving = new Set<Instance>();
  private readonly limits: Limits;
  private readonly emit: Emit;

  constructor(limits: Limits, emit: Emit) {
    this.limits = limits;
    this.emit = emit;
  }

  /** Makes `table` the one that is routed by, between two requests. */
  swap(table: TrafficTable): void {
    this.version = table.version;
    for (const spec of table.services) this.applyService(spec);
    this.routes = new RouteMap(table.routes);
    const wanted = new Set(table.services.map(({ key }) => key));
    for (const service of [...this.services.values()])
      if (!wanted.has(service.key)) this.removeService(service);
  }

  *instances(): Iterable<Instance> {
    for (const service of this.services.values()) yield* service.instances;
  }

  closeExpired(now: number): void {
    for (const instance of this.instances()) instance.closeExpired(now);
  }

  /** What a supervisor that has just come (back) must know: judged readiness, finished drains. */
  snapshot(): TrafficEvent[] {
    const judged = [...this.instances()].filter(({ readiness }) => readiness.readiness !== 'unproven');
    return [...judged.map(readinessEvent), ...this.finishedDrains()];
  }

  finishedDrains(): TrafficEvent[] {
    return [...this.instances()].flatMap((instance) => {
      const drain = this.drains.get(instance);
      return drain === undefined || drain.report === null ? [] : [drainedEvent(drain)];
    });
  }

  traffic(): InstanceTraffic[] {
    return [...this.instances()].map((instance) => ({
      ...instance.counts,
      id: instance.spec.id,
      service: instance.service.key,
      release: instance.spec.release,
      readiness: instance.readiness.readiness,
      reason: instance.readiness.reason,
    }));
  }

  /** Stops probes and timers and closes what is pooled. */
  close(): void {
    for (const drain of this.drains.values()) drain.cancel();
    for (const instance of this.instances()) {
      instance.stopProbing();
      instance.closeIdle();
    }
  }

  private applyService(spec: TrafficService): void {
    const service = this.services.get(spec.key) ?? this.addService(spec);
    const hasNewProbe = JSON.stringify(service.spec.probe) !== JSON.stringify(spec.probe);
    service.spec = spec;
    const before = service.instances;
    service.instances = spec.instances.map((instance) => this.applyInstance(service, instance));
    for (const instance of before) if (!service.instances.includes(instance)) this.removeInstance(instance);
    if (hasNewProbe) for (const instance of service.instances) instance.restartProbing();
  }

  private addService(spec: TrafficService): Service {
    const service = new Service(spec, new ServiceMeter(), (instance) => this.emit(readinessEvent(instance)));
    this.services.set(spec.key, service);
    return service;
  }

  private removeService(service: Service): void {
    this.services.delete(service.key);
    const { instances } = service;
    service.instances = [];
    for (const instance of instances) this.removeInstance(instance);
    service.turnAwayHeld();
  }

  private applyInstance(service: Service, spec: TrafficInstance): Instance {
    const known = service.instances.find(
      (instance) => instance.spec.id === spec.id && isSameAddress(instance.spec.address, spec.address),
    );
    const instance = known ?? new Instance(service, spec, this.limits);
    const wasIn = known !== undefined && known.spec.rotation === 'in';
    const hasNewProbe = JSON.stringify(instance.spec.probe) !== JSON.stringify(spec.probe);
    instance.spec = spec;
    if (hasNewProbe) instance.restartProbing();
    if (spec.rotation === 'out') this.drain(instance);
    else if (spec.rotation === 'in' && !wasIn) this.bringIn(instance);
    return instance;
  }

  private bringIn(instance: Instance): void {
    this.drains.get(instance)?.cancel();
    this.drains.delete(instance);
    instance.readiness = underSuspicion(instance.readiness);
    instance.startProbing();
  }

  private removeInstance(instance: Instance): void {
    instance.spec = { ...instance.spec, rotation: 'out' };
    this.drain(instance);
    if (this.drains.get(instance)?.report !== null) this.drains.delete(instance);
    else this.leaving.add(instance);
  }

  private drain(instance: Instance): void {
    if (this.drains.has(instance)) return;
    const drain = new Drain(instance, instance.drainDeadlines, () => this.drained(drain));
    this.drains.set(instance, drain);
    drain.begin();
  }

  private drained(drain: Drain): void {
    this.emit(drainedEvent(drain));
    if (this.leaving.delete(drain.instance)) this.drains.delete(drain.instance);
  }
}

function readinessEvent(instance: Instance): TrafficEvent {
  const { readiness, reason } = instance.readiness;
  return { type: 'readiness', instance: instance.spec.id, service: instance.service.key, readiness, reason };
}

function drainedEvent(drain: Drain): TrafficEvent {
  const { spec, service } = drain.instance;
  return { type: 'drained', instance: spec.id, service: service.key, ...drain.report! };
}
