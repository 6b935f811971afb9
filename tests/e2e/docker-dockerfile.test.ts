import assert from 'node:assert/strict';
import { cpSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { without } from '../../src/delivery/image/testing/programs.ts';
import { BASE_IMAGE, importBase } from '../docker/base-image.ts';
import { containersOf, type OnDocker, startOnDocker, withoutDocker } from './docker.ts';
import { type SystemFolder, waitFor } from './escale.ts';
import { person } from './team.ts';

const skip = withoutDocker() || without('docker');
const NAME = 'from-dockerfile';

test('a Dockerfile is built into the release, runs as its image says, and comes back without a builder', {
  skip,
}, async (t) => {
  const on = await startOnDocker(t, { NOT_FOR_BUILDS: 'a word of the server' });
  const { escale, docker } = on;
  await importBase(docker);
  const system = escale.system(NAME);
  await prepare(on, system);

  const first = await escale.must(['deploy'], system.folder);
  assert.match(first.stdout, /building with docker \d/);
  assert.match(first.stdout, /the build has looked around\n[\s\S]*✓ prepare web/);
  const { files, env } = JSON.parse(await escale.body(system.host, '/seen'));
  assert.deepEqual(
    files.toSorted(),
    ['Dockerfile', 'build.mjs', 'docs', 'docs/kept.txt', 'job.mjs', 'server.mjs', 'version.txt'],
    'what git would not take and what .dockerignore names is not there',
  );
  assert.deepEqual(
    Object.keys(env).filter((name) => /NOT_FOR|ESCALE|WORD|SECRET/.test(name)),
    [],
  );
  assert.deepEqual(JSON.parse(await escale.body(system.host, '/own')), {
    ...{ uid: 4242, folder: '/srv', port: '8080', secret: 'whisper' },
  });
  const job = await escale.must(['logs', `${NAME}/noted`]);
  assert.match(job.stdout, /a job of \/srv got \["two","words"\]/);
  const built = await imageOf(on);

  system.write('version.txt', 'v2');
  const load = escale.load(system.host, 50);
  await escale.must(['deploy'], system.folder);
  assert.deepEqual((await load.stop()).failures, [], 'no request failed while containers were replaced');
  assert.equal(await escale.body(system.host, '/version'), 'v2');
  assert.match((await escale.must(['logs', `${NAME}/web`])).stdout, /asked to end by SIGINT/);

  system.edit('build.mjs', (text) => `${text}console.error('its last words'); process.exit(3);\n`);
  const refused = await escale.run(['deploy'], system.folder);
  assert.equal(refused.code, 1);
  assert.match(
    refused.output,
    /could not build from-dockerfile\/web[\s\S]*its last words[\s\S]*code {2}build-failed/,
  );
  assert.equal(await escale.body(system.host, '/version'), 'v2');

  for (const name of [built.name, BASE_IMAGE])
    await docker.api.ask({ method: 'DELETE', path: `/images/${name}`, query: { force: 'true' } });
  await escale.must(['rollback', NAME]);
  assert.equal(await escale.body(system.host, '/version'), 'v1');
  assert.deepEqual(await imageOf(on), built, 'what was kept is what was built');

  const { code, output } = await escale.run(['deploy', '--engine', 'process'], system.folder);
  assert.equal(code, 1);
  assert.match(
    output,
    /local of from-dockerfile is on processes, and these need containers: services.web \(dockerfile\), jobs.noted \(dockerfile\)/,
  );
  assert.match(output, /environments on Docker: staging/);
});

const SMALL = `FROM ${BASE_IMAGE}
COPY . /srv/
WORKDIR /srv
USER 4242:4242
CMD ["node", "server.mjs"]
`;

test('a saved file of the context is live; a push tests on processes and builds for the release', {
  skip,
}, async (t) => {
  const on = await startOnDocker(t);
  const { escale, docker } = on;
  await importBase(docker);
  const system = escale.system(NAME);
  system.write('Dockerfile', SMALL);
  system.write('seen.json', '{}');
  system.write('escale.yaml', FILE);
  const version = (host: string, wanted: string) =>
    waitFor(`${host} has ${wanted}`, async () => (await escale.body(host, '/version')) === wanted, 60_000);
  const up = escale.start(['up'], system.folder);
  await up.until(/A saved file is live at once/);
  await version(system.host, 'v1');
  system.write('version.txt', 'v2');
  await version(system.host, 'v2');
  up.child.kill('SIGINT');
  await up.ended;

  await escale.serve();
  const ada = await person(escale, 'ada', 'deployer:*');
  const tree = await ada.clone(NAME);
  cpSync(system.folder, tree.folder, { recursive: true });
  writeFileSync(path.join(tree.folder, 'version.txt'), 'v3');
  await tree.commit({}, 'first');
  const { code, said } = await tree.push();
  assert.equal(code, 0, said);
  assert.match(said, /tested beside the Dockerfile[\s\S]*building with docker \d[\s\S]*staging: promoted/);
  await version(`staging.${system.host}`, 'v3');
});

const FILE = `name: ${NAME}
services:
  web: {dockerfile: Dockerfile, port: 8080, health: {ready: /readyz}, stop: {drain: 5s, grace: 2s}}
routes: {${NAME}.localhost: web}
pipeline:
  test: [node, -e, "console.log('tested beside the Dockerfile')"]
  quality: false
environments:
  staging: {target: docker, branch: main}
`;

async function prepare({ escale }: OnDocker, system: SystemFolder): Promise<void> {
  system.write('.env', 'PASSWORD=x');
  system.write('noise.log', 'nobody reads it');
  const set = escale.start(['secret', 'set', 'WORD', NAME]);
  set.child.stdin!.end('whisper');
  assert.equal((await set.ended).code, 0);
}

/** What its containers are started from, once there is one only. */
async function imageOf(on: OnDocker): Promise<{ name: string; id: string }> {
  const names = await waitFor('all of them are of one image', async () => {
    const all = await containersOf(on, NAME);
    const names = new Set(all.filter(({ State }) => State === 'running').map(({ Image }) => Image));
    return names.size === 1 && [...names];
  });
  const [name] = names as string[];
  const { Id } = await on.docker.api.ask<{ Id: string }>({ method: 'GET', path: `/images/${name}/json` });
  return { name: name!, id: Id };
}
