import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  covers,
  type Grant,
  intersection,
  may,
  type Principal,
  ROLES,
  simplest,
  type Where,
} from './access.ts';

const user = (...grants: Grant[]): Principal => ({ name: 'ada', kind: 'user', grants });
const viewer: Grant = { role: 'viewer', environment: 'staging' };
const deployer: Grant = { role: 'deployer', environment: 'staging' };
const everywhere: Grant = { role: 'deployer', environment: '*' };
const staging: Where = { environment: 'staging' };

const TABLE: [Grant[], (typeof ROLES)[number], Where, boolean][] = [
  [[], 'viewer', 'any', false],
  [[viewer], 'viewer', staging, true],
  [[viewer], 'deployer', staging, false],
  [[viewer], 'viewer', { environment: 'production' }, false],
  [[viewer], 'viewer', 'any', true],
  [[viewer], 'viewer', 'all', false],
  [[deployer], 'viewer', staging, true],
  [[deployer], 'deployer', staging, true],
  [[deployer], 'admin', staging, false],
  [[deployer], 'admin', 'any', false],
  [[everywhere], 'deployer', { environment: 'production' }, true],
  [[everywhere], 'deployer', 'all', true],
  [[everywhere], 'admin', 'all', false],
  // Names that mean something elsewhere are only names here.
  [[viewer], 'viewer', { environment: 'any' }, false],
  [[viewer], 'viewer', { environment: 'all' }, false],
  [[viewer], 'viewer', { environment: '*' }, false],
  [[{ role: 'viewer', environment: 'all' }], 'viewer', 'all', false],
];

test('who may do what, by table', () => {
  for (const [grants, role, where, expected] of TABLE)
    assert.equal(may(user(...grants), role, where), expected, JSON.stringify([grants, role, where]));
});

test('the owner of the socket may do everything', () => {
  const owner: Principal = { name: 'owner', kind: 'owner', grants: [] };
  for (const role of ROLES)
    for (const where of ['any', 'all', staging] as const) assert.equal(may(owner, role, where), true);
});

const environment = fc.constantFrom('*', 'staging', 'production', 'local');
const grants = fc.array(fc.record({ role: fc.constantFrom(...ROLES), environment }), { maxLength: 5 });
const role = fc.constantFrom(...ROLES);
const where = fc.constantFrom<Where>('all', staging, { environment: 'production' }, { environment: 'new' });

test('what two lists of grants both allow is what each of them allows', () => {
  fc.assert(
    fc.property(grants, grants, role, where, (one, other, wanted, there) => {
      const both = may(user(...one), wanted, there) && may(user(...other), wanted, there);
      assert.equal(may(user(...intersection(one, other)), wanted, there), both);
    }),
  );
});

test('fewer grants that say the same', () => {
  assert.deepEqual(simplest([deployer, viewer, { role: 'viewer', environment: '*' }]), [
    { role: 'viewer', environment: '*' },
    deployer,
  ]);
  fc.assert(
    fc.property(grants, role, where, (all, wanted, there) => {
      assert.equal(may(user(...simplest(all)), wanted, there), may(user(...all), wanted, there));
    }),
  );
});

test('nobody covers more than they may', () => {
  fc.assert(
    fc.property(grants, grants, (mine, asked) => {
      const expected = asked.every((grant) =>
        may(
          user(...mine),
          grant.role,
          grant.environment === '*' ? 'all' : { environment: grant.environment },
        ),
      );
      assert.equal(covers(user(...mine), asked), expected);
    }),
  );
  assert.equal(covers(user(everywhere), [deployer, viewer]), true);
  assert.equal(covers(user(deployer), [everywhere]), false);
});
