import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ClusterLook, clusterFindings } from './cluster-findings.ts';

const LOOK: ClusterLook = {
  address: 'kubernetes://prod',
  setting: {
    ...{ registry: 'r.example.org', repository: 'team', plainHttp: false, outbound: false },
    routing: { kind: 'none' },
    postgres: { kind: 'stateful-set', image: null },
    storage: { size: '10Gi', className: null },
  },
  facts: {
    ...{ version: 'v1.34.9', isTooOld: false, unknownKinds: [] },
    missingRights: { 'shop-production': ['patch deployments'] },
  },
  around: { nodes: 'hidden', storageClass: 'hidden', hasMetrics: 'hidden' },
  registryProblem: null,
  architecture: 'amd64',
};

test('rights that are missing come with the command that gives them: in the cluster, to the account of Escale’s own pod', () => {
  const nextFor = (address: string) =>
    clusterFindings({ ...LOOK, address }).find(({ subject }) => subject === 'rights')?.next;
  assert.equal(
    nextFor('kubernetes://prod'),
    'Have somebody who may apply what `escale render rbac SYSTEM -e ENVIRONMENT --stdout` prints.',
  );
  assert.equal(
    nextFor('kubernetes://in-cluster'),
    'Have somebody who may apply what `escale render rbac SYSTEM -e ENVIRONMENT --account NAMESPACE/ACCOUNT --stdout` prints.',
  );
});
