import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needsIn } from './fetch.ts';
import { belongs, merged } from './selection.ts';

test('what apt says a package needs: the first of alternatives, no virtual ones, nothing that is only recommended', () => {
  const printed = `python3-minimal
  PreDepends: python3.11-minimal
  Depends: libc6
 |Depends: debconf
  Depends: <debconf-2.0>
    cdebconf
    debconf
 |Depends: <virtual>
  Depends: real
  Recommends: python3
libc6
  Depends: libgcc-s1
  Breaks: other
`;
  assert.deepEqual(needsIn(printed), ['python3.11-minimal', 'libc6', 'debconf', 'libgcc-s1']);
});

const STAYS = [
  ...['usr/lib/x86_64-linux-gnu/libc.so.6', 'lib64/ld-linux-x86-64.so.2', 'usr/share/doc/libc6/copyright'],
  ...['usr/share/zoneinfo/Europe/Zurich', 'etc/protocols', 'etc/os-release', 'usr/bin/python3.11'],
  ...['usr/share/ca-certificates/mozilla/x.crt', 'usr/lib/python3/dist-packages/flask/app.py'],
];
const GOES = [
  ...[
    'bin/sh',
    'usr/bin/ldd',
    'sbin/ldconfig',
    'usr/sbin/update-ca-certificates',
    'usr/bin/python3.11-config',
  ],
  ...['usr/share/doc/libc6/README.gz', 'usr/share/doc/a/examples/x', 'usr/share/man/man1/a.1.gz'],
  ...['usr/lib/x86_64-linux-gnu/gconv/UTF-16.so', 'usr/share/zoneinfo/right/UTC', 'etc/profile.d/x.sh'],
  ...['usr/lib/python3/dist-packages/__pycache__/a.pyc', 'usr/share/locale/de/x.mo'],
];

test('what of a package stays in an image, and what goes', () => {
  const programs = ['python3', 'python3.'];
  assert.deepEqual(
    STAYS.filter((name) => !belongs(merged(name), programs)),
    [],
  );
  assert.deepEqual(
    GOES.filter((name) => belongs(merged(name), programs)),
    [],
  );
});

test('one tree of libraries and programs', () => {
  assert.equal(merged('lib/x86_64-linux-gnu/libc.so.6'), 'usr/lib/x86_64-linux-gnu/libc.so.6');
  assert.equal(merged('usr/lib/a'), 'usr/lib/a');
  assert.equal(merged('library/a'), 'library/a');
});
