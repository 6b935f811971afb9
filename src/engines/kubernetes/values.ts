import { randomBytes } from 'node:crypto';
import type { DesiredSystem, EnginePlace, InstancePlan, SecretReader } from '../../core/contracts/index.ts';
import {
  type ClusterOptions,
  databaseSecrets,
  type WishedSecret,
  wishedSecrets,
} from '../../core/kubernetes/index.ts';
import { externalAddress } from '../../core/manifest/index.ts';
import { type Cluster, isRefusal } from './api/index.ts';
import { engineObject } from './own-objects.ts';

/** Brings the values of secrets into the Secrets that objects refer to. */
export class Values {
  private readonly cluster: Cluster;
  private readonly secrets: SecretReader;

  constructor(cluster: Cluster, secrets: SecretReader) {
    this.cluster = cluster;
    this.secrets = secrets;
  }

  /** Names of the Secrets that are there then. Throws what reading a secret throws. */
  async bring(
    namespace: string,
    wish: EnginePlace & Pick<DesiredSystem, 'resources'>,
    plans: InstancePlan[],
  ): Promise<string[]> {
    const wished = wishedSecrets(plans, wish);
    for (const secret of wished) {
      const object = this.objectOf(namespace, wish, secret.name);
      await this.cluster.apply(
        { ...object, type: 'Opaque', data: this.dataOf(wish, secret) },
        { force: true },
      );
    }
    return wished.map(({ name }) => name);
  }

  /** Passwords of databases: made once, and as lasting as their data. */
  async bringPasswords(namespace: string, wish: DesiredSystem, options: ClusterOptions): Promise<void> {
    for (const name of databaseSecrets(wish, options)) {
      const ref = { apiVersion: 'v1', kind: 'Secret', namespace, name };
      if ((await this.cluster.get(ref)) !== null) continue;
      const password = () => Buffer.from(randomBytes(24).toString('hex')).toString('base64');
      const data = { password: password(), 'superuser-password': password() };
      const object = engineObject({ ...wish, kind: 'Secret', name, namespace, component: 'database' });
      await this.cluster.create({ ...object, data } as typeof object).catch((error: unknown) => {
        // Somebody was faster: those count.
        if (!isRefusal(error, 409)) throw error;
      });
    }
  }

  private objectOf(namespace: string, { system, environment }: EnginePlace, name: string) {
    return engineObject({ kind: 'Secret', name, namespace, system, environment, component: 'values' });
  }

  private dataOf(place: EnginePlace, { values, addresses }: WishedSecret): Record<string, string> {
    const plain = Object.entries(values).map(([name, version]) => [
      name,
      this.secrets.value(place, name, version),
    ]);
    const filled = Object.entries(addresses).map(([key, resource]) => [
      key,
      externalAddress(resource, (name) => this.secrets.value(place, name, resource.secrets?.[name])),
    ]);
    const all = [...plain, ...filled].map(([name, value]) => [name, Buffer.from(value!).toString('base64')]);
    return Object.fromEntries(all) as Record<string, string>;
  }
}
