import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { PipelineRunView, ReleaseChangesView, RuleView } from '../../src/server/index.ts';
import type { Escale } from './escale.ts';
import { shopWith } from './pipeline-host.ts';
import { type Person, person, startServer } from './team.ts';

/** What a shell, git, a file system, SQL or a terminal would make something of; each would leave `canary` behind. */
function hostileWords(canary: string): Record<string, string> {
  const touch = `touch\${IFS}${canary}`;
  return {
    semicolon: `a;${touch};`,
    'a substitution': `$(${touch})`,
    backticks: `\`${touch}\``,
    'both quotes': `'";${touch};"'`,
    pipe: `a|${touch}&`,
    newline: `a\n${touch}\n`,
    NUL: `a\0${canary}`,
    upwards: `../../../../${canary}`,
    'an option': '-rf',
    'an option of git': `--upload-pack=${touch}`,
    'right to left': 'a\u202eexe.txt',
    'control sequence': '\x1b]0;owned\x07\x1b[2J',
  };
}

/** A server, somebody who may everything, and a check that nothing that was said has run. */
async function scene(t: TestContext): Promise<{
  escale: Escale;
  ada: Person;
  words: Record<string, string>;
  nothingRan: () => void;
}> {
  const escale = await startServer(t);
  const ada = await person(escale, 'ada', 'admin:*');
  const canary = path.join(escale.folder, 'canary');
  const nothingRan = () => {
    assert.equal(existsSync(canary), false);
    assert.deepEqual(
      readdirSync(escale.home).filter((name) => /touch|canary|^-/.test(name)),
      [],
    );
  };
  return { escale, ada, words: hostileWords(canary), nothingRan };
}

const PLACE = '/api/systems/shop/environments/staging';

/** Fields of the API that take names and nothing else: where each word goes. */
const REFUSED: Record<string, (word: string) => [target: string, body: unknown]> = {
  'name of a user': (word) => ['/api/users', { name: word, grants: [] }],
  'environment of a grant': (word) => [
    '/api/users',
    { name: 'ben', grants: [{ role: 'viewer', environment: word }] },
  ],
  'role of a grant': (word) => ['/api/users/ada/grants', { grants: [{ role: word, environment: '*' }] }],
  'user whose grants are set': (word) => [`/api/users/${encode(word)}/grants`, { grants: [] }],
  'user who is removed': (word) => [`/api/users/${encode(word)}/remove`, {}],
  'name of a token': (word) => ['/api/tokens', { name: word }],
  'token that is revoked': (word) => [`/api/tokens/ada/${encode(word)}/revoke`, {}],
  'name of a secret': (word) => [
    '/api/environments/staging/secrets',
    { system: null, name: word, value: 'a-value' },
  ],
  'system of a secret': (word) => [
    '/api/environments/staging/secrets',
    { system: word, name: 'KEY', value: 'a-value' },
  ],
  'environment of a secret': (word) => [
    `/api/environments/${encode(word)}/secrets`,
    { system: null, name: 'KEY', value: 'a-value' },
  ],
  'url of a webhook': (word) => ['/api/webhooks', { url: word }],
  'scheme of a webhook': (word) => ['/api/webhooks', { url: `file://${word}` }],
  'type of a webhook': (word) => ['/api/webhooks', { url: 'https://example.org/', types: [word] }],
  'repository that follows': (word) => [
    `/api/repositories/${encode(word)}/follow`,
    { url: 'https://example.org/' },
  ],
  'url of a repository': (word) => ['/api/repositories/shop/follow', { url: word }],
  'transport of a repository': (word) => ['/api/repositories/shop/follow', { url: `ext::sh -c ${word}` }],
  'file of a repository': (word) => ['/api/repositories/shop/follow', { url: `file:///${word}` }],
  'environment of a rule': (word) => ['/api/environment-rules', { system: '*', environment: word }],
  'system of a rule': (word) => ['/api/environment-rules', { system: word, environment: 'qa' }],
  'source of a rule': (word) => [
    '/api/environment-rules',
    { system: '*', environment: 'qa', promoteFrom: word },
  ],
  'role of a rule': (word) => ['/api/environment-rules', { system: '*', environment: 'qa', approve: word }],
  'source of a promotion': (word) => [`${PLACE}/promote`, { from: word }],
  'commit of a promotion': (word) => [`${PLACE}/promote`, { from: 'qa', commit: word }],
  'system of a change': (word) => [`/api/systems/${encode(word)}/environments/staging/rollback`, {}],
  'environment of a change': (word) => [`/api/systems/shop/environments/${encode(word)}/rollback`, {}],
  'service to restart': (word) => [`${PLACE}/restart`, { services: [word] }],
  'service to scale': (word) => [`${PLACE}/scale`, { numbers: { [word]: 1 } }],
  'job to run': (word) => [`${PLACE}/jobs/${encode(word)}/run`, {}],
  'resource to ask': (word) => [`${PLACE}/query`, { resource: word, sql: 'select 1' }],
  'resource to copy': (word) => [`${PLACE}/backup`, { resource: word }],
  'backup to restore': (word) => [`${PLACE}/restore`, { resource: null, backup: word }],
  'instance to kill': (word) => [`/api/instances/${encode(word)}/kill`, {}],
};

function encode(word: string): string {
  return encodeURIComponent(word);
}

test('the API takes names for names, and says what it does not take', async (t) => {
  const { ada, words, nothingRan } = await scene(t);
  for (const [field, ask] of Object.entries(REFUSED))
    await t.test(field, async () => {
      for (const [kind, word] of Object.entries(words)) {
        const { status, text } = await ada.call('POST', ...ask(word));
        assert.ok(
          status === 200 ? endsBadly(text) : status >= 400 && status < 500,
          `${kind}: ${status} ${text}`,
        );
        assert.doesNotMatch(text, /\bat .*\.ts:\d|bug of Escale/, kind);
      }
    });
  await t.test('what is read only', async () => {
    for (const word of Object.values(words)) {
      for (const target of [
        `/api/pipelines?system=${encode(word)}`,
        `/api/pipelines/1/artifact?path=${encode(word)}`,
        `/api/systems/${encode(word)}/releases/1`,
        `/git/${encode(word)}/info/refs?service=git-receive-pack`,
        `/git/shop/info/refs?service=${encode(word)}`,
      ]) {
        const { status, text } = await ada.call('GET', target);
        assert.ok(status >= 400 && status < 500, `${target}: ${status} ${text}`);
      }
      assert.equal((await ada.call('GET', `/api/audit?system=${encode(word)}`)).status, 200);
    }
  });
  nothingRan();
});

/** An answer line by line begins before it is known how it ends. */
function endsBadly(text: string): boolean {
  return text.startsWith('{"error":{"code":');
}

test('words that are no names are carried as they are', async (t) => {
  const { escale, ada, words, nothingRan } = await scene(t);
  const tree = await ada.clone('shop');
  await tree.commit(shopWith({ test: ['true'] }));

  await t.test('the branch of a rule', async () => {
    for (const branch of Object.values(words)) {
      const rule = { system: '*', environment: 'qa', branch };
      assert.equal((await ada.call('POST', '/api/environment-rules', rule)).status, 200);
      const [kept] = await ada.get<RuleView[]>('/api/environment-rules');
      assert.equal(kept?.branch, branch);
      assert.doesNotMatch((await escale.must(['environment', 'list'])).stdout, /\x1b|\u202e/);
    }
    await escale.must(['environment', 'unset', 'qa']);
  });

  await t.test('names of branches and tags', async () => {
    const names = Object.values(words).filter((word) => !/[\n\0\x07\x1b]|\.\.|^-/.test(word));
    assert.ok(names.length >= 5);
    const refs = names.flatMap((word) => [`HEAD:refs/heads/x/${word}`, `HEAD:refs/tags/x/${word}`]);
    const { code, said } = await tree.push(...refs);
    assert.equal(code, 0, said);
    const runs = await ada.get<PipelineRunView[]>('/api/pipelines');
    assert.deepEqual(runs.map(({ branch }) => branch).sort(), names.map((word) => `x/${word}`).sort());
    assert.doesNotMatch((await escale.must(['pipeline', 'list'])).stdout, /\x1b|\u202e/);
  });

  await t.test('names of files, messages and authors of commits', async () => {
    const names = Object.values(words)
      .filter((word) => !word.includes('\0'))
      .map((word) => word.replaceAll('/', '_'));
    const files = Object.fromEntries(names.map((name) => [`odd/${name}`, 'x']));
    tree.write({ ...shopWith({ test: ['ls', 'odd'] }), ...files });
    await tree.must('add', '--all');
    const message = names.join(' ').replaceAll('\n', ' ');
    const who = ['-c', `user.name=${words.backticks} \u202e`, '-c', `user.email=${words['a substitution']}`];
    await tree.must(...who, 'commit', '--quiet', '-m', message);
    const { said } = await tree.push('HEAD:main');
    assert.match(said, /staging: promoted/);
    assert.doesNotMatch(said, /\x1b\]0|\u202e/);
    const news = await ada.get<ReleaseChangesView>('/api/systems/shop/releases/1');
    assert.equal(news.commits[0]!.subject, message.trim());
    assert.match(news.commits[0]!.author, /^`touch/);
    assert.doesNotMatch((await escale.must(['release', 'shop'])).stdout, /\x1b|\u202e/);
  });

  await t.test('variables, words of commands and patterns of a pipeline', async () => {
    // `${…}` is filled in, and refused where nobody knows it.
    const told = Object.values(words)
      .filter((word) => !word.includes('\0'))
      .map((word) => word.replaceAll('${IFS}', ' '));
    const print = ['node', '-e', 'console.log(JSON.stringify([process.argv.slice(1), process.env.WORD]))'];
    const steps = {
      test: { command: [...print, '--', ...told], env: { WORD: told.join(' ') }, results: told.slice(0, 5) },
      keep: { command: ['true'], artifacts: told.slice(0, 5) },
    };
    await tree.commit(shopWith(steps));
    const { said } = await tree.push('HEAD:x/steps');
    assert.match(said, /pipeline run \d+ succeeded/);
    const [{ id }] = (await ada.get<{ id: number }[]>('/api/pipelines')) as [{ id: number }];
    const { text } = await ada.call('GET', `/api/pipelines/${id}/log`);
    const line = text.split('\n').find((one) => one.includes('"output"') && one.includes('upload-pack'))!;
    assert.deepEqual(JSON.parse(JSON.parse(line).text), [told, told.join(' ')]);
  });
  nothingRan();
});

test('a pushed file with such names is refused with every one of them', async (t) => {
  const { escale, ada, words, nothingRan } = await scene(t);
  const tree = await ada.clone('shop');
  const service = { command: 'node server.js' };
  /** Keys and values of a file that become names, folders or hosts. */
  const fields: ((word: string) => object)[] = [
    (word) => ({ name: word }),
    (word) => ({ services: { [word]: service } }),
    (word) => ({ jobs: { [word]: { command: 'true', before: 'deploy' } } }),
    (word) => ({ resources: { [word]: { type: 'postgres' } } }),
    (word) => ({ resources: { db: { type: word } } }),
    (word) => ({ environments: { [word]: {} } }),
    (word) => ({ environments: { qa: { promoteFrom: word } } }),
    (word) => ({ environments: { qa: { approve: word } } }),
    (word) => ({ routes: { [`${word}.localhost`]: 'web' } }),
    (word) => ({ routes: { 'shop.localhost': word } }),
    (word) => ({ services: { web: { ...service, source: `../${word}` } } }),
    (word) => ({ services: { web: { ...service, uses: [word] } } }),
    (word) => ({ services: { web: { ...service, env: { [word]: 'x' } } } }),
    (word) => ({ services: { web: { ...service, health: { ready: word } } } }),
    (word) => ({ jobs: { nightly: { command: 'true', schedule: word } } }),
    (word) => ({ pipeline: { [word]: 'true' } }),
    (word) => ({ pipeline: { test: { command: 'true', source: `../${word}` } } }),
    (word) => ({ pipeline: { test: { command: 'true', cache: [`../${word}`] } } }),
    (word) => ({ pipeline: { test: { command: 'true', results: [`../${word}`] } } }),
    (word) => ({ pipeline: { test: { command: 'true', artifacts: [`/${word}`] } } }),
    (word) => ({ pipeline: { test: { command: 'true', uses: [word] } } }),
    (word) => ({ pipeline: { test: { command: 'true', timeout: word } } }),
  ];
  // A folder for each field, so that one push of each word tries all of them.
  for (const [kind, word] of Object.entries(words))
    await t.test(kind, async () => {
      const files = fields.map((field, index): [string, string] => {
        const file = { name: `shop${index}`, services: { web: service }, ...field(word) };
        return [`f${index}/escale.yaml`, JSON.stringify(file)];
      });
      await tree.commit(Object.fromEntries(files));
      const { code, said } = await tree.push();
      assert.equal(code, 0, said);
      const refused = fields.filter((_, index) =>
        new RegExp(`✗ f${index}: the file of the system has mistakes`).test(said),
      );
      assert.equal(refused.length, fields.length, said);
      assert.doesNotMatch(said, /something went wrong inside|\x1b\]0|\u202e/);
    });
  assert.deepEqual(await ada.get('/api/pipelines'), []);
  assert.deepEqual((await escale.status()).systems, []);
  nothingRan();
});

test('the command line hands words on as words', async (t) => {
  const { escale, ada, words, nothingRan } = await scene(t);
  const tree = await ada.clone('shop');
  await tree.commit(shopWith({ test: ['true'] }));
  await tree.push();
  const [word, option] = [Object.values(words).join(' ').replaceAll('\0', ''), words['an option of git']!];
  const commands: ((word: string) => string[])[] = [
    (one) => ['user', 'add', '--', one],
    (one) => ['user', 'add', 'ben', '--grant', one],
    (one) => ['token', 'create', '--user', 'ada', '--', one],
    (one) => ['secret', 'set', '-e', 'staging', '--', one],
    (one) => ['environment', 'set', '--', one],
    (one) => ['webhook', 'add', '--', one],
    (one) => ['repository', 'follow', '--', 'shop', one],
    (one) => ['repository', 'hook', '--', one],
    (one) => ['promote', '--', 'staging', one],
    (one) => ['rollback', '-e', 'staging', '--', one],
    (one) => ['restart', '-e', 'staging', '--', one],
    (one) => ['job', '-e', 'staging', '--', one],
    (one) => ['logs', '-e', 'staging', '--', one],
    (one) => ['context', 'use', '--', one],
    (one) => ['login', '--', one],
    (one) => ['pipeline', '--step', one, '--', tree.folder],
  ];
  for (const words of [word, option])
    for (const command of commands) {
      const started = escale.start(command(words));
      started.child.stdin!.end('a-value-of-somebody\n');
      const { code, output } = await started.ended;
      const title = command('…').join(' ');
      assert.ok(code === 1 || code === 2, `${title}: ${code} ${output}`);
      assert.doesNotMatch(output, /bug of Escale|\bat .*\.ts:\d|\x1b\]0|\u202e/, title);
    }
  nothingRan();
});
