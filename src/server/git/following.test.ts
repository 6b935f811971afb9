import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { outsideAddresses } from '../../host/index.ts';
import { gitServer, SYSTEM, workTree } from '../testing/git.ts';
import { Following } from './following.ts';
import { GitStore } from './git-store.ts';

const WISH = { everyMs: 60_000, allowInside: true, token: null };

/** Two servers: a push to the first is what the second follows. */
async function twoServers(t: TestContext) {
  const [first, second] = [await gitServer(t), await gitServer(t)];
  const tree = await workTree(t, `${first.address}/git/upstream`);
  const clock = { ms: 1_000_000 };
  const problems: string[] = [];
  const following = new Following({
    ...{ store: new GitStore(second.store.sql), repositories: second.repositories, hookKey: 'key' },
    seal: (_, word) => Buffer.from(word).toString('base64'),
    unseal: (_, word) => Buffer.from(word, 'base64').toString(),
    addressesOf: outsideAddresses,
    problem: (name, message) => void problems.push(`${name}: ${message}`),
    now: () => clock.ms,
  });
  return { first, second, tree, following, problems, url: `${first.address}/git/upstream` };
}

test('what another repository gets is delivered here, once, as what the follower may', async (t) => {
  const { tree, following, second, url } = await twoServers(t);
  const id = await tree.commit({ 'escale.yaml': SYSTEM('shop') });
  await tree.push();
  await following.follow('shop', { ...WISH, url });
  await following.look('shop', 'poll');
  const [wish, ...more] = second.asked;
  assert.deepEqual(
    [wish!.commit, wish!.by, wish!.cause, wish!.environments, more.length],
    [...[id, 'follow:shop', 'poll', ['staging'], 0]],
  );
  await tree.git('commit', '--amend', '--quiet', '--allow-empty', '-m', 'again');
  await tree.commit({ file: 'x' });
  await tree.push('--force', 'main');
  await following.look('shop', 'webhook');
  assert.equal(second.asked.length, 2);
  following.unfollow('shop');
  await assert.rejects(following.look('shop', 'poll'), { code: 'repository-unknown' });
});

test('addresses inside, other protocols and passwords in addresses are refused', async (t) => {
  const { following, url } = await twoServers(t);
  for (const [wrong, code] of [
    [url, 'address-inside'],
    ['http://169.254.169.254/latest', 'address-inside'],
    ['file:///etc', 'address-wrong'],
    ['ext::sh -c id', 'address-wrong'],
    ['ssh://git@example.org/x', 'address-wrong'],
    ['--upload-pack=id', 'address-wrong'],
    ['https://user:word@example.org/x', 'address-wrong'],
  ] as const)
    await assert.rejects(
      following.follow('shop', { ...WISH, url: wrong, allowInside: false }),
      { code },
      wrong,
    );
});

test('a redirect is not followed, and the token is in no message and no file as it is', async (t) => {
  const { following, second } = await twoServers(t);
  const asked: (string | undefined)[] = [];
  const other = http.createServer((request, response) => {
    asked.push(request.headers.authorization);
    response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
  });
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  const wish = { ...WISH, url: `http://127.0.0.1:${port}/x.git`, token: 'the-word-itself' };
  await assert.rejects(following.follow('shop', wish), (error: Error) => {
    assert.doesNotMatch(error.message, /the-word-itself/);
    return true;
  });
  assert.equal(Buffer.from(asked[0]!.split(' ')[1]!, 'base64').toString(), 'escale:the-word-itself');
  const kept = new GitStore(second.store.sql).repository('shop')!;
  assert.doesNotMatch(JSON.stringify(kept), /the-word-itself/);
  assert.match(kept.problem!, /git fetch failed/);
});

test('a call is believed when it was made with the secret, in each sender’s way, and only then', async (t) => {
  const { following, second } = await twoServers(t);
  await second.repositories.make('shop');
  const secret = following.hookSecret('shop');
  const body = Buffer.from('{"ref":"refs/heads/main"}');
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  for (const headers of [
    { 'x-hub-signature-256': `sha256=${signature}` },
    { 'x-gitea-signature': signature },
    { 'x-gitlab-token': secret },
  ])
    following.checkHook('shop', headers, body);
  for (const [name, headers] of [
    ['shop', {}],
    ['shop', { 'x-hub-signature-256': signature }],
    ['shop', { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }],
    ['shop', { 'x-gitlab-token': '' }],
    ['shop', { 'x-gitlab-token': [secret, secret] }],
    ['other', { 'x-gitlab-token': secret }],
  ] as [string, Record<string, string | string[]>][])
    assert.throws(
      () => following.checkHook(name, headers, body),
      { code: 'hook-refused' },
      JSON.stringify(headers),
    );
});
