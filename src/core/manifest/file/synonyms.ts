/** Keys of compose files, Kubernetes and package.json, and what they are called here. */
const SYNONYMS: Record<string, string> = {
  depends_on: 'uses',
  dependsOn: 'uses',
  links: 'uses',
  cmd: 'command',
  run: 'command',
  entrypoint: 'command',
  args: 'command',
  environment: 'env',
  healthcheck: 'health',
  probes: 'health',
  readinessProbe: 'health',
  livenessProbe: 'health',
  ports: 'port',
  expose: 'port',
  volumes: 'volume',
  build: 'source',
  path: 'source',
  dir: 'source',
  folder: 'source',
  root: 'source',
  context: 'source',
  scale: 'replicas',
  instances: 'replicas',
  ingress: 'routes',
  hosts: 'routes',
  proxy: 'routes',
  spa: 'static',
  readiness: 'ready',
  liveness: 'live',
  retries: 'failures',
};

/** The key that someone who knows another tool means, when it is valid here; else null. */
export function synonym(key: string, valid: readonly string[]): string | null {
  const meant = Object.hasOwn(SYNONYMS, key) ? SYNONYMS[key]! : null;
  return meant !== null && valid.includes(meant) ? meant : null;
}
