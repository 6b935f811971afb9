import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containersOf, startOnDocker, withoutDocker } from './docker.ts';
import { waitFor } from './escale.ts';

const skip = withoutDocker();
const KEPT = 3;
/** `ESCALE_DEPLOYS=50` for a longer proof. */
const DEPLOYS = Number(process.env.ESCALE_DEPLOYS ?? 12);

test('after many deploys Docker holds what the last releases need, and all that is not Escale’s', {
  skip,
}, async (t) => {
  const on = await startOnDocker(t);
  const { escale, docker } = on;
  const hello = escale.system('says-hello');
  hello.edit('escale.yaml', (text) => `${text}keep: ${KEPT}\n`);
  // Other tests of this Docker may have left images of the same name; theirs have another owner.
  let repository = '';
  for (let number = 1; number <= DEPLOYS; number++) {
    hello.write('version.txt', `v${number}`);
    await escale.must(['deploy'], hello.folder);
    if (number > 1) continue;
    repository = (await containersOf(on, hello.name))[0]!.Image.split(':')[0]!;
    await nameAsAnother();
  }
  const releases = KEPT;
  await waitFor('what nobody needs is gone', async () => (await own()).length <= releases);
  assert.equal((await own()).length, releases);
  assert.ok((await tags()).includes('somebody/elses:1'), 'an image of another one is left alone');
  assert.equal((await containersOf(on, hello.name)).length, 2);
  const { stdout } = await escale.must(['rollback', 'says-hello', '--to', String(DEPLOYS - KEPT + 1)]);
  assert.match(stdout, /runs/);
  assert.equal(await escale.body(hello.host, '/version'), `v${DEPLOYS - KEPT + 1}`);

  async function tags(): Promise<string[]> {
    const images = await docker.api.ask<{ RepoTags: string[] | null }[]>({
      method: 'GET',
      path: '/images/json',
    });
    return images.flatMap(({ RepoTags }) => RepoTags ?? []);
  }
  async function own(): Promise<string[]> {
    return (await tags()).filter((tag) => tag.startsWith(`${repository}:`));
  }
  async function nameAsAnother(): Promise<void> {
    const [image] = await own();
    const query = { repo: 'somebody/elses', tag: '1' };
    await docker.api.ask({ method: 'POST', path: `/images/${image}/tag`, query });
  }
});
