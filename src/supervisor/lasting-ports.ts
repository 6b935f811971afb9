import type { DesiredSystem, JobRun } from '../core/contracts/index.ts';
import type { GatewayLink } from './gateway-link.ts';
import type { Instance } from './instance.ts';
import type { News } from './news.ts';
import { type KnownPorts, PortBook } from './port-book.ts';
import { becomesFree } from './ports.ts';
import type { StateFile } from './state.ts';
import { keyOf } from './table.ts';
import { withDeadline } from './waiting.ts';

export interface LastingPortsParts {
  file: StateFile;
  instances: Map<string, Instance>;
  gateway: GatewayLink;
  news: News;
}

/** What is left of a killed server may hold its port for a moment, ms. */
const PORT_PATIENCE_MS = 2000;
/** How long a gateway that is being started may take to say what it knows, ms. */
const LEARN_MS = 5000;

/** Ports that services and resources keep over restarts: found once, then read from the state. */
export class LastingPorts {
  readonly book: PortBook;
  private readonly parts: LastingPortsParts;

  constructor(parts: LastingPortsParts) {
    this.parts = parts;
    this.book = new PortBook(() => [...parts.instances.values()].map(({ record }) => record.port ?? 0));
  }

  /** Those that a wish needs, with all that are known now. */
  async forWish(desired: DesiredSystem): Promise<KnownPorts> {
    return this.book.forDesired(desired, await this.known());
  }

  /** Those of the services that a run calls, with all that are known. */
  async forRun({ environment, plan }: JobRun): Promise<Record<string, number>> {
    const used = Object.values(plan.uses).map((use) => `${environment}/${use}`);
    const ports = await this.book.forServices(used, this.parts.file.state);
    return { ...ports, ...this.parts.file.state.internalPorts };
  }

  /** The one that a resource always has, unless a stranger holds that: then another one, from now on. */
  async ofResource(key: string): Promise<number> {
    const { file, news } = this.parts;
    const { internalPorts, resourcePorts } = file.state;
    const port = resourcePorts[key]!;
    if (await becomesFree(port, PORT_PATIENCE_MS)) return port;
    const other = await this.book.another(key, { internalPorts, resourcePorts });
    file.update({ resourcePorts: { ...file.state.resourcePorts, [key]: other } });
    news.tellOfItself('resource-moved', `${key} is on port ${other}: ${port} is held by another program`);
    return other;
  }

  /** A stranger held the inside port of a service: it becomes another one, unless somebody runs who has it in its environment. */
  async moveInside(key: string): Promise<void> {
    const { file, gateway, instances } = this.parts;
    const isUser = ({ record, plan }: Instance) =>
      Object.values(plan.uses).some((use) => `${record.environment}/${use}` === key);
    const { internalPorts, resourcePorts, lost } = file.state;
    const port = internalPorts[key];
    if (lost !== null || port === undefined) return;
    if (await becomesFree(port, PORT_PATIENCE_MS)) return void gateway.pushAgain();
    if ([...instances.values()].some(isUser)) return;
    const other = await this.book.another(key, { internalPorts, resourcePorts });
    file.note({ internalPorts: { ...file.state.internalPorts, [key]: other } });
  }

  close(): void {
    this.book.close();
  }

  /** Instances know the ports in their environment, and the gateway still has them when the state is lost. */
  private async known(): Promise<KnownPorts> {
    const { file, gateway, instances } = this.parts;
    const { internalPorts, resourcePorts, lost } = file.state;
    if (lost === null) return { internalPorts, resourcePorts };
    await withDeadline(LEARN_MS, [gateway.learned]);
    const running = [...instances.values()]
      .filter(({ record }) => record.role === 'resource' && record.port !== null)
      .map(({ record }) => [keyOf(record, record.service), record.port!] as const);
    return {
      internalPorts: { ...gateway.internalPorts, ...internalPorts },
      resourcePorts: { ...Object.fromEntries(running), ...resourcePorts },
    };
  }
}

/** What another wish has recorded meanwhile stays. */
export function withPorts(recorded: KnownPorts, ports: KnownPorts): KnownPorts {
  return {
    internalPorts: { ...ports.internalPorts, ...recorded.internalPorts },
    resourcePorts: { ...ports.resourcePorts, ...recorded.resourcePorts },
  };
}
