import { setTimeout as sleep } from 'node:timers/promises';
import { isLoopback } from '../../../core/image/index.ts';
import { Authority } from './auth.ts';
import { RegistryClient } from './client.ts';
import { type Credentials, dockerCredentials } from './docker-config.ts';
import { connections } from './http.ts';

export interface RegistrySetting {
  /** Registries that may be spoken to over plain http; those on loopback always may. */
  plainHttp?: (registry: string) => boolean;
  credentials?: Credentials;
  /** Whether addresses of this host and its network may be called: yes for a person's own command. */
  allowInside?: boolean;
  /** Waits between two tries, ms. */
  wait?: (ms: number) => Promise<unknown>;
}

/** All registries of one command: connections, tokens and users are kept between requests. */
export class Registries {
  private readonly clients = new Map<string, RegistryClient>();
  private readonly setting: Required<RegistrySetting>;
  private readonly connections: ReturnType<typeof connections>;

  constructor(setting: RegistrySetting = {}) {
    this.setting = {
      plainHttp: setting.plainHttp ?? (() => false),
      credentials: setting.credentials ?? dockerCredentials(),
      allowInside: setting.allowInside ?? true,
      wait: setting.wait ?? sleep,
    };
    this.connections = connections(this.setting);
  }

  of(registry: string): RegistryClient {
    const client = this.clients.get(registry) ?? this.make(registry);
    this.clients.set(registry, client);
    return client;
  }

  private make(registry: string): RegistryClient {
    const isPlain = this.isPlain(registry);
    const isAllowed = ({ protocol, host }: URL) =>
      // A registry that is spoken to over https sends nobody to plain http, not even on this host.
      protocol === 'https:' || (protocol === 'http:' && isPlain && this.isPlain(host));
    const { wait, credentials } = this.setting;
    const common = { registry, connections: this.connections, isAllowed, wait };
    const authority = new Authority({ ...common, credentials });
    return new RegistryClient({ ...common, isPlain, authority });
  }

  private isPlain(registry: string): boolean {
    return isLoopback(registry) || this.setting.plainHttp(registry);
  }

  close(): void {
    this.connections.close();
  }
}
