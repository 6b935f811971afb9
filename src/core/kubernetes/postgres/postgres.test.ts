import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secretsNeeded } from '../index.ts';
import { objectOf, objectsOf, podIn } from '../testing/find.ts';
import { TASKS } from '../testing/systems.ts';
import { wishFor } from '../testing/wish.ts';

const operator = (instances: number) =>
  wishFor(TASKS, { postgres: { kind: 'cloudnative-pg', instances, image: null } });

test('a Cluster of CloudNativePG: what was committed is on two machines, its own Secret has the address', () => {
  const wish = operator(3);
  assert.deepEqual(objectOf(wish, 'Cluster', 'db').spec, {
    instances: 3,
    bootstrap: { initdb: { database: 'app', owner: 'app' } },
    postgresql: { synchronous: { method: 'any', number: 1, dataDurability: 'required' } },
    affinity: { enablePodAntiAffinity: true, topologyKey: 'kubernetes.io/hostname' },
    resources: { requests: { cpu: '100m', memory: '256Mi' } },
    storage: { size: '10Gi' },
  });
  assert.deepEqual((podIn(objectOf(wish, 'Deployment', 'api')).containers[0]!.env as object[]).at(-1), {
    name: 'DATABASE_URL',
    valueFrom: { secretKeyRef: { name: 'db-app', key: 'uri' } },
  });
  assert.deepEqual(secretsNeeded(wish), []);
  const two = objectOf(operator(2), 'Cluster', 'db').spec as { postgresql: object };
  assert.deepEqual(two.postgresql, {
    synchronous: { method: 'any', number: 1, dataDurability: 'preferred' },
  });
  assert.equal(
    (objectOf(operator(1), 'Cluster', 'db').spec as { postgresql?: object }).postgresql,
    undefined,
  );
});

test('a Cluster makes Services beside it: where the system has one of that name, it is called otherwise', () => {
  const services = { ...TASKS.services, 'db-rw': TASKS.services.weather! };
  const wish = wishFor(
    { ...TASKS, services },
    { postgres: { kind: 'cloudnative-pg', instances: 1, image: 'x@y' } },
  );
  assert.equal((objectOf(wish, 'Cluster', 'db-db').spec as { imageName: string }).imageName, 'x@y');
  const policy = objectOf(wish, 'NetworkPolicy', 'db').spec as { podSelector: object };
  assert.deepEqual(policy.podSelector, { matchLabels: { 'cnpg.io/cluster': 'db-db' } });
});

test('one server of the official image: no superuser for programs, no password in a command', () => {
  const wish = wishFor(TASKS);
  const { data } = objectOf(wish, 'ConfigMap', 'db-scripts') as unknown as { data: Record<string, string> };
  assert.deepEqual(data['owner.sh']!.split('\n'), [
    'set -e',
    "psql --no-psqlrc --set ON_ERROR_STOP=1 --username postgres <<'SQL'",
    '\\getenv password OWNER_PASSWORD',
    "CREATE ROLE app LOGIN PASSWORD :'password';",
    'CREATE DATABASE app OWNER app;',
    'REVOKE ALL ON DATABASE app FROM PUBLIC;',
    'SQL',
    '',
  ]);
  const pod = podIn(objectOf(wish, 'StatefulSet', 'db'));
  assert.equal(pod.terminationGracePeriodSeconds, 120);
  assert.deepEqual(pod.containers[0]!.readinessProbe, {
    exec: { command: ['pg_isready', '--quiet', '--host', '127.0.0.1', '--username', 'postgres'] },
    periodSeconds: 2,
    timeoutSeconds: 5,
    failureThreshold: 3,
  });
  for (const probe of ['livenessProbe', 'startupProbe']) assert.equal(pod.containers[0]![probe], undefined);
});

test('a database elsewhere renders nothing', () => {
  const resources = { db: { type: 'postgres', external: '${secret.DATABASE_URL}' } } as const;
  const wish = wishFor({ ...TASKS, resources });
  assert.deepEqual(
    objectsOf(wish).filter(({ metadata }) => metadata.name.startsWith('db')),
    [],
  );
  assert.deepEqual(secretsNeeded(wish), [{ name: 'secrets', keys: ['DATABASE_URL'] }]);
});
