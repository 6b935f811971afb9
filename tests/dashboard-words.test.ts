import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatabaseError } from 'pg';
import { serverText } from '../dashboard/src/words/server-text.ts';
import { CATALOGUE, type ErrorCode } from '../src/core/errors/index.ts';
import { RESOURCES } from '../src/core/errors/resources.ts';
import { parseAddress, sshProblem } from '../src/core/target/index.ts';
import { reasonFor } from '../src/resources/postgres/sql/away.ts';
import { doorElsewhere } from '../src/resources/postgres/sql/door.ts';

/** What a look into a database, a run of a job and a rollback can be answered with. */
const MET: ErrorCode[] = [
  ...(Object.keys(RESOURCES) as ErrorCode[]),
  ...(['job-unknown', 'process-away', 'system-down'] as const),
  ...(['secret-missing', 'secret-key', 'secret-damaged'] as const),
];

test('what people can do about a problem with a database or a job is said in French', () => {
  const unknown = MET.filter((code) => !serverText(CATALOGUE[code].next, 'fr').known);
  assert.deepEqual(unknown, []);
});

test('what is said of hosts elsewhere is said in French', () => {
  const address = parseAddress('deploy@prod');
  const said = [
    'Host key verification failed.',
    'REMOTE HOST IDENTIFICATION HAS CHANGED',
    'Permission denied (publickey).',
    'Could not resolve hostname prod',
    'connect to host prod port 22: Connection refused',
    '',
  ].map((words) => sshProblem(address, words).message);
  const messages = [
    'prod answers',
    ...said.flatMap((message) => [`prod: ${message}`, `prod can't be reached: ${message}`]),
    `prod can't be reached: ${said[0]}; the rollout goes on when it answers`,
    'prod: the host belongs to another Escale, which calls it web',
  ];
  assert.deepEqual(
    messages.filter((message) => !serverText(message, 'fr').known),
    [],
  );
  assert.equal(
    serverText(`prod: ${said[0]}`, 'fr').text,
    'prod : la clé de ssh://deploy@prod n’est pas connue ici',
  );
});

/** Why a database does not answer, for each way in which that is known. */
const AWAY: [code: string, message: string][] = [
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ECONNRESET', 'ETIMEDOUT'].map(failure),
  failure('CERT_HAS_EXPIRED'),
  ...['timeout expired', 'The server does not support SSL', 'Connection terminated unexpectedly'].map(said),
  said('SASL: client password must be a string'),
];
const REFUSALS = [
  ...['57P01', '28P01', '42501', '3D000', '53300'].map((code) => refusal(code, 'not today')),
  ...['starting up', 'shutting down', 'in recovery mode', 'not yet accepting connections'].map((state) =>
    refusal('57P03', `the database system is ${state}`),
  ),
];

test('why a database does not answer is said in French', () => {
  const door = doorElsewhere('postgres://ada:secret@db.example:5432/tasks');
  const errors = [
    ...AWAY.map(([code, message]) => Object.assign(new Error(message), code === '' ? {} : { code })),
    ...REFUSALS,
  ];
  const reasons = errors.map((error) => reasonFor(error, door));
  assert.deepEqual(
    reasons.filter((reason) => !serverText(`db: ${reason}`, 'fr').known),
    [],
  );
});

function failure(code: string): [string, string] {
  return [code, 'failed'];
}

function said(message: string): [string, string] {
  return ['', message];
}

function refusal(code: string, message: string): Error {
  return Object.assign(new DatabaseError(message, message.length, 'error'), { code });
}
