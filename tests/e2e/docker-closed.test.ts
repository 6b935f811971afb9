import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Container, containersOf, type OnDocker, startOnDocker, withoutDocker } from './docker.ts';

const skip = withoutDocker();

interface Inspected {
  Config: { User: string; Env: string[]; Entrypoint: string[] };
  HostConfig: Record<string, unknown> & { Tmpfs: Record<string, string>; LogConfig: object };
  Mounts: object[];
  NetworkSettings: { Networks: Record<string, { IPAddress: string; Gateway: string }> };
}

test('containers are closed: to each other over environments, to this host, and to what they were not given', {
  skip,
}, async (t) => {
  const on = await startOnDocker(t);
  const { escale, docker } = on;
  const system = escale.system('one-service-calls-another');
  await escale.must(['deploy'], system.folder);
  system.edit('escale.yaml', (text) => `${text}environments: {staging: {target: docker}}\n`);
  await escale.must(['deploy', '-e', 'staging'], system.folder);
  const containers = await containersOf(on, system.name);
  const of = (environment: string, service: string) =>
    containers.find(
      ({ Labels }) => Labels['escale.environment'] === environment && Labels['escale.service'] === service,
    )!;
  const inspect = ({ Id }: Container) =>
    docker.api.ask<Inspected>({ method: 'GET', path: `/containers/${Id}/json` });
  const front = await inspect(of('local', 'front'));

  await t.test('how they are started', () => {
    const { Config, HostConfig, Mounts } = front;
    assert.equal(Config.User, '65532:65532');
    assert.deepEqual(
      ['ReadonlyRootfs', 'CapDrop', 'SecurityOpt', 'Privileged', 'PidsLimit', 'Binds', 'PortBindings'].map(
        (key) => HostConfig[key],
      ),
      [true, ['ALL'], ['no-new-privileges:true'], false, 4096, null, null],
    );
    assert.match(HostConfig.Tmpfs['/tmp']!, /nosuid,nodev.*size=\d+/);
    assert.deepEqual(HostConfig.LogConfig, {
      Type: 'json-file',
      Config: { 'max-file': '4', 'max-size': '8m' },
    });
    assert.deepEqual(Mounts, []);
  });

  await t.test('a service finds the one that it uses by its name', async () => {
    const address = variable(front, 'BACK_URL');
    assert.match(address, /^http:\/\/back:\d+$/);
    const { status, said } = JSON.parse(await escale.body(system.host)) as { status: number; said: string };
    assert.deepEqual([status, said], [200, 'the back']);
  });

  const own = variable(front, 'BACK_URL');
  const other = await inspect(of('staging', 'back'));
  const [{ IPAddress, Gateway }] = Object.values(other.NetworkSettings.Networks) as [
    { IPAddress: string; Gateway: string },
  ];
  const foreign = variable(await inspect(of('staging', 'front')), 'BACK_URL');
  const asked: [string, string, boolean][] = [
    ['what it uses', own, true],
    ['an instance of another environment', `http://${IPAddress}:${variable(other, 'PORT')}`, false],
    ['the gateway for another environment', `http://${Gateway}:${new URL(foreign).port}`, false],
    ['the gateway for people', `http://back:${escale.port}`, false],
  ];
  for (const [name, url, answers] of asked)
    await t.test(`from inside, ${name} ${answers ? 'answers' : 'does not'}`, async () =>
      assert.equal(await reaches(on, of('local', 'front'), url), answers),
    );

  await t.test('it can’t write beside its temporary folder, and is nobody', async () => {
    const { output } = await inside(on, of('local', 'front'), [
      'sh',
      '-c',
      'id -u; touch /app/x; touch /tmp/x && echo fine',
    ]);
    assert.match(output, /65532/);
    assert.match(output, /Read-only file system/);
    assert.match(output, /fine/);
  });
});

function variable({ Config: { Env } }: Inspected, name: string): string {
  return Env.find((line) => line.startsWith(`${name}=`))!.slice(name.length + 1);
}

async function reaches(on: OnDocker, from: Container, url: string): Promise<boolean> {
  const program = `fetch(${JSON.stringify(url)}, { signal: AbortSignal.timeout(3000) }).then((r) => console.log('answered', r.status), () => console.log('nothing'))`;
  const { output } = await inside(on, from, ['node', '-e', program]);
  assert.match(output, /answered|nothing/);
  return output.includes('answered');
}

function inside({ escale }: OnDocker, { Labels }: Container, command: string[]) {
  const target = `${Labels['escale.system']}/${Labels['escale.service']}`;
  return escale.run(['exec', '-e', Labels['escale.environment']!, target, '--', ...command]);
}
