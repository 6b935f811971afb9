import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EscaleError } from '../errors/index.ts';
import {
  addressText,
  checkTargetName,
  type HostFacts,
  judgeHost,
  parseAddress,
  quoted,
  readProbe,
  sshProblem,
  sshWords,
} from './index.ts';

const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return (error as EscaleError).code;
  }
  return null;
};

test('addresses: a URL, an alias, with user and port', () => {
  assert.deepEqual(parseAddress('ssh://deploy@prod.example.org:2222/'), {
    ...{ host: 'prod.example.org', user: 'deploy', port: 2222 },
  });
  assert.deepEqual(parseAddress('prod'), { host: 'prod', user: null, port: null });
  assert.deepEqual(parseAddress('root@[2001:db8::1]:22'), { host: '2001:db8::1', user: 'root', port: 22 });
  for (const text of ['ssh://deploy@prod.example.org:2222', 'ssh://prod', 'ssh://root@[2001:db8::1]:22'])
    assert.equal(addressText(parseAddress(text)), text);
});

test('addresses: what ssh or a shell would take for something else is refused', () => {
  const hostile = [
    ...['-oProxyCommand=id', 'ssh://-oProxyCommand=id', 'root@-oProxyCommand=id', '-F@prod', '-@prod'],
    ...[
      'prod;id',
      'prod id',
      '$(id)@prod',
      'prod`id`',
      'a@b@c',
      'prod\nid',
      'prod|id',
      '%h',
      '%r@prod',
      '~',
      '*',
      '',
    ],
    ...[
      'prod:0',
      'prod:70000',
      'prod:x',
      'ssh://prod/etc',
      'http://prod',
      'ssh://a:b@prod',
      '[::1',
      'prod\0',
    ],
  ];
  for (const text of hostile)
    assert.equal(
      codeOf(() => parseAddress(text)),
      'target-address',
      text,
    );
  for (const name of [
    '',
    '-prod',
    'Prod',
    'process',
    'docker',
    'kubernetes',
    '../prod',
    'a b',
    'a'.repeat(41),
  ])
    assert.equal(
      codeOf(() => checkTargetName(name)),
      'target-name',
      name,
    );
  assert.equal(
    codeOf(() => checkTargetName('prod')),
    null,
  );
});

test('the words of ssh: settings first, nothing after the host but one word', () => {
  const words = sshWords({ host: 'prod', user: 'deploy', port: 2222 }, ['env', 'A=b c', '/home/x y/$HOME'], {
    from: '/run/a.sock',
    to: '/run/b.sock',
  });
  assert.deepEqual(words.slice(-7), [
    ...['-L', '/run/a.sock:/run/b.sock', '-p', '2222', '--', 'deploy@prod'],
    "'env' 'A=b c' '/home/x y/$HOME'",
  ]);
  for (const from of ['/run/%h.sock', '/run/a:b.sock', '/run/${HOME}.sock'])
    assert.equal(
      codeOf(() => sshWords({ host: 'prod', user: null, port: null }, [], { from, to: '/b' })),
      'target-unfit',
    );
  for (const setting of ['BatchMode=yes', 'StrictHostKeyChecking=yes', 'ControlPath=none', 'ForwardAgent=no'])
    assert.equal(words[words.indexOf(setting) - 1], '-o');
});

test('a word that shells quote differently is not said at all', () => {
  for (const word of ["it's", 'a\\b', 'a\nb', 'hey!', 'a\0b'])
    assert.equal(
      codeOf(() => quoted(word)),
      'target-unfit',
    );
});

test('what ssh says becomes what it means', () => {
  const address = parseAddress('deploy@prod');
  const meanings: [string, string][] = [
    ['Host key verification failed.', 'target-host-key'],
    [
      '@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.',
      'target-host-key',
    ],
    ['deploy@prod: Permission denied (publickey).', 'target-refused'],
    ['ssh: Could not resolve hostname prod: Name or service not known', 'target-away'],
    ['ssh: connect to host prod port 22: Connection refused', 'target-away'],
    ['', 'target-away'],
  ];
  for (const [said, code] of meanings) assert.equal(sshProblem(address, said).code, code, said);
  assert.match(
    sshProblem(address, 'x\nssh: connect: Connection refused\n').message,
    /: ssh: connect: Connection refused$/,
  );
});

const PROBED = `system Linux
machine x86_64
user deploy
uid 1000
home /home/deploy/.local/share/escale-target
free 9000000
libc glibc 2.36
docker denied
part abc
`;

test('a probe is read, and a host that answers something else is refused', () => {
  assert.deepEqual(readProbe(`Welcome!\n${PROBED}`), {
    ...{ system: 'Linux', machine: 'x86_64', user: 'deploy', isRoot: false },
    ...{ home: '/home/deploy/.local/share/escale-target', freeBytes: 9_216_000_000, missing: [] },
    ...{ libc: 'glibc 2.36', docker: 'denied', parts: ['abc'] },
  });
  assert.equal(
    codeOf(() => readProbe('This account is not available.\n')),
    'target-unfit',
  );
});

test('a host lacks something: said what, and what to do', () => {
  const facts: HostFacts = { ...readProbe(PROBED), docker: 'writable' };
  const problems = (change: Partial<HostFacts>) =>
    judgeHost({ ...facts, ...change }, { machine: 'x86_64' })
      .filter(({ state }) => state === 'problem')
      .map(({ subject, next }) => [subject, next !== undefined]);
  assert.deepEqual(problems({}), []);
  assert.deepEqual(problems({ docker: 'denied' }), [['docker', true]]);
  assert.deepEqual(problems({ docker: 'absent', missing: ['tar'] }), [
    ['programs', true],
    ['docker', true],
  ]);
  assert.deepEqual(problems({ machine: 'aarch64' }), [['system', true]]);
  assert.deepEqual(problems({ system: 'Darwin' }), [['system', true]]);
  assert.deepEqual(problems({ libc: null }), [['system', true]]);
  assert.deepEqual(problems({ freeBytes: 1e8, parts: [] }), [['room', true]]);
});
