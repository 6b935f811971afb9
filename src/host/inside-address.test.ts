import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInsideAddress, outsideAddresses } from './inside-address.ts';

test('addresses of this host and its network are inside, whatever way they are written', () => {
  for (const address of [
    ...[
      '127.0.0.1',
      '127.9.9.9',
      '10.1.2.3',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '169.254.169.254',
    ],
    ...[
      '100.64.0.1',
      '0.0.0.0',
      '224.0.0.1',
      '255.255.255.255',
      '::1',
      '::',
      'fe80::1',
      'fc00::1',
      'fd12::1',
    ],
    ...['::ffff:127.0.0.1', '::ffff:10.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::', 'nonsense', ''],
  ])
    assert.equal(isInsideAddress(address), true, address);
  for (const address of [
    '1.1.1.1',
    '8.8.8.8',
    '172.32.0.1',
    '192.169.0.1',
    '2606:4700::1111',
    '::ffff:8.8.8.8',
  ])
    assert.equal(isInsideAddress(address), false, address);
});

test('a name that leads inside is refused unless it is allowed', async () => {
  for (const host of ['localhost', '127.0.0.1', '[::1]', '2130706433', '0x7f.1'])
    await assert.rejects(outsideAddresses(host, false), { name: 'EscaleError' }, host);
  assert.ok((await outsideAddresses('localhost', true)).length > 0);
});
