import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { type OwnDocker, ownDocker, withoutDocker } from '../../src/delivery/image/testing/docker.ts';
import { without } from '../../src/delivery/image/testing/programs.ts';
import { copySystem } from '../copy-system.ts';
import { type Escale, startEscale } from './escale.ts';
import { waitFor } from './wait.ts';

const skip = withoutDocker() || without('apt-get', 'dpkg-deb');

/** Builds a system, and gives it to Docker. */
async function load(escale: Escale, { docker }: OwnDocker, folder: string): Promise<void> {
  const archive = path.join(escale.folder, 'images.tar');
  await escale.must(['image', 'build', folder, '-o', `archive:${archive}`]);
  await docker('load', '--quiet', '--input', archive);
}

/** Runs an image as it is, without any network but its own, on a root that can't be written. Returns what asks it. */
async function start(
  { docker }: OwnDocker,
  image: string,
): Promise<(...command: string[]) => Promise<string>> {
  const options = ['--network', 'none', '--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL'];
  const id = (await docker('run', '--detach', ...options, image)).trim();
  return (...command) => docker('exec', id, ...command);
}

const ASK = (target: string) =>
  `fetch('http://127.0.0.1:8000${target}').then(async (a) => console.log(a.status, process.getuid(), (await a.text()).slice(0, 200)))`;

async function answers(exec: (...command: string[]) => Promise<string>, target: string): Promise<string> {
  return waitFor('it answers', () => exec('node', '-e', ASK(target)).catch(() => null)) as Promise<string>;
}

test('Docker runs them as they are: hello, a static folder, Python', {
  skip,
  timeout: 240_000,
}, async (t) => {
  const escale = await startEscale(t);
  const own = await ownDocker();
  t.after(() => own.stop());
  await load(escale, own, copySystem('hello', path.join(escale.folder, 'repository')));
  const hello = await start(own, 'hello/web:dev');
  assert.match(await answers(hello, '/readyz'), /^200 65532 /);
  await assert.rejects(hello('sh', '-c', 'true'), /executable file not found/);
  const size = Number(await own.docker('image', 'inspect', '--format', '{{.Size}}', 'hello/web:dev'));
  assert.ok(size < 130e6, `${size} bytes`);

  await load(escale, own, escale.system('static-site').folder);
  const site = await start(own, 'static-site/site:dev');
  assert.match(await answers(site, '/'), /^200 65532 .*Plain files/s);

  await load(escale, own, escale.system('python-service').folder);
  const python = await start(own, 'python-service/web:dev');
  const ask =
    "import os, urllib.request as u; print(os.getuid(), u.urlopen('http://127.0.0.1:8000/').read())";
  const said = await waitFor('Python answers', () => python('python3', '-c', ask).catch(() => null));
  assert.match(String(said), /^65532 b'Hello from Python/);
});
