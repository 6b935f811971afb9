import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { type SopsWish, sopsFile, wrapWithAge } from '../../src/secrets/testing/sops.ts';
import { startEscale } from './escale.ts';
import { digest, holdersOf, newValue, tracesOf } from './traces.ts';

const NAME = 'with-secrets';
const withoutAge = spawnSync('age', ['--version']).status !== 0 && 'no age here (Debian: apt install age)';

test('secrets in git: encrypted for what Escale prints, used by the deploy, seen nowhere', {
  skip: withoutAge,
}, async (t) => {
  const escale = await startEscale(t);
  const system = escale.system(NAME);
  const values = { first: newValue(), second: newValue(), job: newValue() };
  const said: string[] = [];
  const run = async (...words: string[]) => {
    const ended = await escale.start(words, system.folder).ended;
    said.push(ended.output);
    return ended;
  };
  const recipient = (await run('secret', 'recipient')).stdout.trim();
  const commit = async (wish: SopsWish['values']) =>
    system.write(
      'secrets.sops.yaml',
      await sopsFile({ values: wish, recipients: [recipient], wrap: wrapWithAge }),
    );
  const shows = async (value: string) =>
    assert.equal(JSON.parse(await escale.body(system.host)).key, digest(value));

  await t.test('a deploy takes what the file has, and what is missing in it is told', async () => {
    await commit({ API_KEY: values.first });
    const refused = await run('deploy');
    assert.match(refused.stderr, /not set in local: JOB_TOKEN/);
    await commit({ API_KEY: values.first, JOB_TOKEN: values.job });
    assert.match((await run('plan')).stdout, /release 1/);
    const deployed = await run('deploy');
    assert.equal(deployed.code, 0, deployed.output);
    assert.match(deployed.output, /taken from git: JOB_TOKEN/);
    await shows(values.first);
    assert.match((await run('secret', 'list')).stdout, /API_KEY .* from git /);
  });

  await t.test('another value in git replaces who uses it', async () => {
    await commit({ API_KEY: values.second, JOB_TOKEN: values.job });
    assert.match((await run('plan')).stdout, /the secret API_KEY has another value: it is used by web/);
    assert.equal((await run('deploy')).code, 0);
    await shows(values.second);
  });

  await t.test('a line that somebody wrote by hand stops the deploy; what runs runs on', async () => {
    system.edit('secrets.sops.yaml', (text) =>
      text.replace(/^API_KEY: .*/m, () => `API_KEY: ${values.first}`),
    );
    const refused = await run('deploy');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /secrets\.sops\.yaml: API_KEY: is not encrypted/);
    await shows(values.second);
    await commit({ API_KEY: values.second, JOB_TOKEN: values.job });
  });

  await t.test('no value in files, in lists of processes or in what was said', () => {
    for (const [name, value] of Object.entries(values))
      assert.deepEqual(tracesOf(value, escale, said), [], name);
    assert.deepEqual(holdersOf(values.second, escale), [`${NAME}-web`, `${NAME}-web`]);
  });
});
