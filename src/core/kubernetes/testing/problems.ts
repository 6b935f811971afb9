import type { KubernetesObject } from '../object.ts';
import { CLUSTER_SPEC, MIDDLEWARE_SPEC } from './custom-specs.ts';
import { watched } from './watched.ts';

interface Validate {
  (value: unknown): boolean;
  errors?: { instancePath: string; keyword: string; params: unknown }[] | null;
}

/** Where the published schema of a kind is: `kubernetes-models` is made of the API's own OpenAPI description. */
const PUBLISHED: Record<string, string> = {
  'apps/v1 DaemonSet': 'kubernetes-models/_schemas/IoK8sApiAppsV1DaemonSet',
  'apps/v1 Deployment': 'kubernetes-models/_schemas/IoK8sApiAppsV1Deployment',
  'apps/v1 StatefulSet': 'kubernetes-models/_schemas/IoK8sApiAppsV1StatefulSet',
  'autoscaling/v2 HorizontalPodAutoscaler':
    'kubernetes-models/_schemas/IoK8sApiAutoscalingV2HorizontalPodAutoscaler',
  'batch/v1 CronJob': 'kubernetes-models/_schemas/IoK8sApiBatchV1CronJob',
  'batch/v1 Job': 'kubernetes-models/_schemas/IoK8sApiBatchV1Job',
  'gateway.networking.k8s.io/v1 HTTPRoute':
    '@kubernetes-models/gateway-api/_schemas/IoK8sSigsGatewayApiApisV1HTTPRoute',
  'networking.k8s.io/v1 Ingress': 'kubernetes-models/_schemas/IoK8sApiNetworkingV1Ingress',
  'networking.k8s.io/v1 NetworkPolicy': 'kubernetes-models/_schemas/IoK8sApiNetworkingV1NetworkPolicy',
  'policy/v1 PodDisruptionBudget': 'kubernetes-models/_schemas/IoK8sApiPolicyV1PodDisruptionBudget',
  'rbac.authorization.k8s.io/v1 Role': 'kubernetes-models/_schemas/IoK8sApiRbacV1Role',
  'rbac.authorization.k8s.io/v1 RoleBinding': 'kubernetes-models/_schemas/IoK8sApiRbacV1RoleBinding',
  'v1 ConfigMap': 'kubernetes-models/_schemas/IoK8sApiCoreV1ConfigMap',
  'v1 Namespace': 'kubernetes-models/_schemas/IoK8sApiCoreV1Namespace',
  'v1 Service': 'kubernetes-models/_schemas/IoK8sApiCoreV1Service',
  'v1 ServiceAccount': 'kubernetes-models/_schemas/IoK8sApiCoreV1ServiceAccount',
};

const CUSTOM: Record<string, object> = {
  'postgresql.cnpg.io/v1 Cluster': CLUSTER_SPEC,
  'traefik.io/v1alpha1 Middleware': MIDDLEWARE_SPEC,
};

const LABEL_VALUE = /^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/;
const LABEL_KEY = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;
const OBJECT_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** What the API of a cluster would not take of an object: wrong values, and words that it does not know. */
export async function problemsOf(object: KubernetesObject): Promise<string[]> {
  const kind = `${object.apiVersion} ${object.kind}`;
  const custom = CUSTOM[kind];
  const found = custom === undefined ? await published(object, kind) : checkSpec(object.spec, custom, 'spec');
  return [...found, ...names(object)].map((problem) => `${object.kind} ${object.metadata.name}: ${problem}`);
}

async function published(object: KubernetesObject, kind: string): Promise<string[]> {
  const from = PUBLISHED[kind];
  if (from === undefined) return ['there is no schema of it'];
  const { validate } = (await import(from)) as { validate: Validate };
  const { value, unread } = watched(object);
  const errors = validate(value) ? [] : (validate.errors ?? []);
  const wrong = errors.map(
    ({ instancePath, keyword, params }) => `${instancePath} breaks ${keyword} ${JSON.stringify(params)}`,
  );
  return [...wrong, ...unread().map((path) => `${path} is unknown`)];
}

function names({ metadata: { name, labels } }: KubernetesObject): string[] {
  return [
    ...(OBJECT_NAME.test(name) ? [] : ['its name can’t be used']),
    ...Object.entries(labels)
      .filter(([key, value]) => !LABEL_KEY.test(key) || !LABEL_VALUE.test(value))
      .map(([key, value]) => `label ${key}: ${value}`),
  ];
}

interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema;
  items?: Schema;
  required?: string[];
  enum?: unknown[];
  minimum?: number;
  pattern?: string;
}

function checkSpec(value: unknown, schema: Schema, path: string): string[] {
  if (schema.type === 'object') return checkMap(value, schema, path);
  if (schema.type === 'array')
    return (value as unknown[]).flatMap((item, index) => checkSpec(item, schema.items!, `${path}/${index}`));
  const type = schema.type === 'integer' ? 'number' : schema.type;
  const fits =
    (type === undefined || typeof value === type) &&
    (schema.enum === undefined || schema.enum.includes(value)) &&
    (schema.minimum === undefined || (value as number) >= schema.minimum) &&
    (schema.pattern === undefined || new RegExp(schema.pattern).test(String(value)));
  return fits ? [] : [`${path} is wrong: ${JSON.stringify(value)}`];
}

function checkMap(
  value: unknown,
  { properties = {}, additionalProperties, required = [] }: Schema,
  path: string,
) {
  const missing = required.filter((key) => !Object.hasOwn(value as object, key));
  const each = Object.entries(value as object).flatMap(([key, inner]): string[] => {
    const schema = properties[key] ?? additionalProperties;
    return schema === undefined ? [`${path}/${key} is unknown`] : checkSpec(inner, schema, `${path}/${key}`);
  });
  return [...missing.map((key) => `${path}/${key} is missing`), ...each];
}
