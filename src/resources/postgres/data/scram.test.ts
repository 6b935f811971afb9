import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scramVerifier } from './scram.ts';

test('a verifier as PostgreSQL makes it', () => {
  // Password, salt and iterations of RFC 7677, section 3.
  assert.equal(
    scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64')),
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  );
});
