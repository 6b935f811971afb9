import type { IncomingRule, OutgoingRule } from '../network/policy.ts';
import type { KubernetesObject } from '../object.ts';

interface PolicySpec {
  podSelector: object;
  policyTypes: string[];
  ingress?: IncomingRule[];
  egress?: OutgoingRule[];
}

/** While instances of two releases run beside each other, each of them may do what its release says. */
export function openForBoth(objects: KubernetesObject[], others: KubernetesObject[]): KubernetesObject[] {
  return objects.map((object) => {
    const other = others.find(
      ({ kind, metadata }) => kind === object.kind && metadata.name === object.metadata.name,
    );
    if (object.kind !== 'NetworkPolicy' || other === undefined) return object;
    const [spec, otherSpec] = [object.spec as PolicySpec, other.spec as PolicySpec];
    const rules = {
      ...both('ingress', spec.ingress, otherSpec.ingress),
      ...both('egress', spec.egress, otherSpec.egress),
    };
    return { ...object, spec: { ...spec, ...rules } };
  });
}

/** Jobs come and go without the wish: whoever one of them may call lets all of them in. What each may call is its own rule. */
export function openForJobs(objects: KubernetesObject[], ports: Map<string, number>): KubernetesObject[] {
  const from = [{ podSelector: { matchLabels: { 'app.kubernetes.io/component': 'job' } } }];
  return objects.map((object) => {
    const port = ports.get(object.metadata.name);
    if (object.kind !== 'NetworkPolicy' || port === undefined) return object;
    const spec = object.spec as PolicySpec;
    const rule = { from, ports: [{ protocol: 'TCP', port }] };
    return { ...object, spec: { ...spec, ingress: [...(spec.ingress ?? []), rule] } };
  });
}

function both(name: string, rules: object[] = [], others: object[] = []): object {
  const known = new Set(rules.map((rule) => JSON.stringify(rule)));
  const more = others.filter((rule) => !known.has(JSON.stringify(rule)));
  const all = [...rules, ...more];
  return all.length === 0 ? {} : { [name]: all };
}
