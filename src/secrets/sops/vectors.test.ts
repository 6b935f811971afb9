import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decryptArmored, recipientOf } from '../age.ts';
import { isAuthentic } from './mac.ts';
import { decryptValue, type SopsValue } from './value.ts';

/**
 * What SOPS itself wrote: `functional-tests/res/comments.enc.yaml` and `multiple_keys.yaml` of github.com/getsops/sops
 * (15e36f9), with the keys of their values, decrypted with gpg by the published `pgp/sops_functional_tests_key.asc`.
 */
const FILES = [
  {
    name: 'comments.enc.yaml, of 3.6.1',
    key: '61bec946f5783fd4cea3d1b1ce407fce2b6e81fc301cc539c422015e27f6d1be',
    time: '2020-10-07T15:49:13Z',
    values: {
      lorem:
        'ENC[AES256_GCM,data:PhmSdTs=,iv:J5ugEWq6RfyNx+5zDXvcTdoQ18YYZkqesDED7LNzou4=,tag:0Qrom6J6aUnZMZzGz5XCxw==,type:str]',
      dolor:
        'ENC[AES256_GCM,data:IgvT,iv:wtPNYbDTARFE810PH6ldOLzCDcAjkB/dzPsZjpgHcko=,tag:zwE8P+AwO1hrHkgF6pTbZw==,type:str]',
    },
    mac: 'ENC[AES256_GCM,data:2dhyKdHYSynjXPwYrn9356wA7vRKw+T5qwBenI2vZrgthpQBOCQG4M6f7eeH3VLTxB4mN4CAchb25dsNRoGr6A38VruaSSAhPco3Rh4AlvKSvXuhgRnzZvNxE/bnHX1D4K5cdTb4FsJg/Ue1l7UcWrlrv1s3H3SwLHP/nf+suD0=,iv:6xBYURjjaQzlUOKOrs2NWOChiNFZVAGPJZQZ59MwX3o=,tag:uXD5VYme+c8eHcCc5TD2YA==,type:str]',
    texts: { lorem: 'ipsum', dolor: 'sit' },
  },
  {
    name: 'multiple_keys.yaml, of 3.3.1',
    key: '1e1db61c6b93c001caa9ce34a9d68448eee8a3c69336697eab36bb92327ce786',
    time: '2019-08-29T22:22:04Z',
    values: {
      message:
        'ENC[AES256_GCM,data:4soxy1Q=,iv:GGOFFLu8aqMEyoOBdMGdevug7E0R8H0iDyXIKQ5ufzM=,tag:954eipkbSu2U64tx2usiBA==,type:str]',
    },
    mac: 'ENC[AES256_GCM,data:Rcyh6DKgpd8WNvLqnPhMRYDGztK/WjNJ+SisCD4qL50wxiYUgwRGs5S9I8kOFm4+8pruOcQyCVIDzyjQHZfM1bKs+CnMJTrp1HDz2vhIKkE8O6EdE5+JbNxwc6ZFQE6YThmx6rz93gMHnDOcrO0XG2guGxTumM5xPkZsEBfpIyQ=,iv:YI0Yc2khjy+q1BxiEBDejgymyAQmBkdyl3fQUm76/1Y=,tag:pf4ZbMy9TrpTA/B2qVEkmw==,type:str]',
    texts: null,
  },
];

for (const { name, key: hex, time, values, mac, texts } of FILES)
  test(`what SOPS itself encrypted: ${name}`, () => {
    const key = Buffer.from(hex, 'hex');
    const opened = Object.entries(values).map(
      ([path, value]) => [path, decryptValue(value, key, `${path}:`)] as const,
    );
    for (const [path, value] of opened) assert.ok('text' in value, path);
    if (texts !== null)
      assert.deepEqual(
        Object.fromEntries(opened.map(([path, value]) => [path, (value as SopsValue).text])),
        texts,
      );
    const inOrder = opened.map(([, value]) => value as SopsValue);
    const metadata = { mac, lastModified: time, macOnlyEncrypted: false, recipients: [] };
    assert.equal(isAuthentic(inOrder, metadata, key), true);
    assert.equal(isAuthentic([...inOrder, inOrder[0]!], metadata, key), false);
    assert.equal(isAuthentic(inOrder, { ...metadata, lastModified: '2020-10-07T15:49:14Z' }, key), false);
  });

test('what SOPS itself encrypted for a recipient of age (age/keysource_test.go)', async () => {
  const identity = 'AGE-SECRET-KEY-1G0Q5K9TV4REQ3ZSQRMTMG8NSWQGYT0T7TZ33RAZEE0GZYVZN0APSU24RK7';
  const armored = `-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBvY2t2NkdLUGRvY3l2OGNy
MVJWcUhCOEZrUG8yeCtnRnhxL0I5NFk4YjJFCmE4SVQ3MEdyZkFqRWpSa2F0NVhF
VDUybzBxdS9nSGpHSVRVMUI0UEVqZkkKLS0tIGJjeGhNQ0Y5L2VZRVVYSm90djFF
bzdnQ3UwTGljMmtrbWNMV1MxYkFzUFUK4xjOZOTGdcbzuwUY/zeBXhcF+Md3e5PQ
EylloI7MNGbadPGb
-----END AGE ENCRYPTED FILE-----`;
  assert.equal(await recipientOf(identity), 'age1lzd99uklcjnc0e7d860axevet2cz99ce9pq6tzuzd05l5nr28ams36nvun');
  assert.equal(String(await decryptArmored(armored, identity)), 'data');
  assert.equal(await decryptArmored(armored.replace('YWdl', 'YWdm'), identity), null);
});
