import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { EnvironmentNetwork } from '../../core/contracts/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import { writeDurably } from '../../host/index.ts';
import { type DockerApi, isRefusal } from './api/index.ts';
import { ownerLabel } from './labels.ts';

export interface Network extends EnvironmentNetwork {
  /** In Docker. */
  name: string;
}

interface NetworkAnswer {
  Id: string;
  Name: string;
  Labels: Record<string, string> | null;
  IPAM: { Config: { Subnet?: string; Gateway?: string }[] | null };
  Containers?: Record<string, object> | null;
}

/**
 * One bridge for each environment. Docker keeps bridges apart; who is on one reaches this host by its address there, and
 * the gateway and the databases let nobody in who comes from another one. A network that was taken away comes back with
 * the addresses it had: what listens on them goes on.
 */
export class Networks {
  private readonly api: DockerApi;
  private readonly owner: string;
  private readonly file: string;
  private readonly known = new Map<string, Network>();
  private readonly making = new Map<string, Promise<Network>>();
  /** Called when one has come to be, or is back. */
  onMade: () => void = () => {};

  constructor(api: DockerApi, { owner, folder }: { owner: string; folder: string }) {
    this.api = api;
    this.owner = owner;
    this.file = path.join(folder, 'networks.json');
    for (const network of readNetworks(this.file)) this.known.set(network.environment, network);
  }

  all(): Network[] {
    return [...this.known.values()];
  }

  nameOf(environment: string): string {
    return `escale-${this.owner}-${environment}`;
  }

  /** The network of an environment, made where it is missing. Throws `EscaleError`. */
  ensure(environment: string): Promise<Network> {
    const making =
      this.making.get(environment) ?? this.make(environment).finally(() => this.making.delete(environment));
    this.making.set(environment, making);
    return making;
  }

  /** Takes those away that no environment has any more and that nobody is on. */
  async keepOnly(environments: string[]): Promise<void> {
    for (const { environment, name } of this.all()) {
      if (environments.includes(environment) || this.making.has(environment)) continue;
      const found = await this.api.find<NetworkAnswer>({ method: 'GET', path: `/networks/${name}` });
      if (found !== null && Object.keys(found.Containers ?? {}).length > 0) continue;
      if (found !== null) await this.api.find({ method: 'DELETE', path: `/networks/${found.Id}` });
      this.known.delete(environment);
      this.remember();
    }
  }

  private async make(environment: string): Promise<Network> {
    const name = this.nameOf(environment);
    const found = await this.find(name);
    if (found !== null) return this.note(environment, found, false);
    const former = this.known.get(environment);
    await this.create(environment, former).catch((error) => {
      // Somebody else has those addresses by now.
      if (former === undefined || isRefusal(error, 409)) throw error;
      return this.create(environment);
    });
    const made = await this.find(name);
    if (made === null)
      throw new EscaleError('docker-refused', `the network ${name} was made, and is not there`);
    return this.note(environment, made, true);
  }

  private find(name: string): Promise<NetworkAnswer | null> {
    return this.api.find<NetworkAnswer>({ method: 'GET', path: `/networks/${name}` });
  }

  private async create(environment: string, former?: Network): Promise<void> {
    const config = former === undefined ? [] : [{ Subnet: former.subnet, Gateway: former.host }];
    const json = {
      Name: this.nameOf(environment),
      CheckDuplicate: true,
      Driver: 'bridge',
      IPAM: { Config: config },
      Labels: { ...ownerLabel(this.owner), 'escale.environment': environment },
    };
    await this.api.ask({ method: 'POST', path: '/networks/create', json });
  }

  private note(environment: string, answer: NetworkAnswer, isNew: boolean): Network {
    const { Subnet: subnet, Gateway: gateway } =
      (answer.IPAM.Config ?? []).find(({ Subnet }) => Subnet?.includes('.')) ?? {};
    if (subnet === undefined || answer.Labels?.['escale.owner'] !== this.owner)
      throw new EscaleError(
        'docker-refused',
        `the network ${answer.Name} is not Escale’s, or has no addresses`,
      );
    const network = { environment, name: answer.Name, subnet, host: gateway ?? firstOf(subnet) };
    const before = this.known.get(environment);
    const isNews = isNew || before?.subnet !== subnet || before.host !== network.host;
    this.known.set(environment, network);
    if (isNews) {
      this.remember();
      this.onMade();
    }
    return network;
  }

  private remember(): void {
    mkdirSync(path.dirname(this.file), { recursive: true, mode: 0o700 });
    writeDurably(this.file, JSON.stringify(this.all()));
  }
}

function firstOf(subnet: string): string {
  return subnet.replace(/\.\d+\/\d+$/, '.1');
}

function readNetworks(file: string): Network[] {
  try {
    const networks = JSON.parse(readFileSync(file, 'utf8')) as Network[];
    return networks.filter(({ environment, host, subnet }) => environment && host && subnet);
  } catch {
    // Nothing was made yet, or it is asked for anew.
    return [];
  }
}
