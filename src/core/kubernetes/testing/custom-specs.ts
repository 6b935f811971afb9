const QUANTITY =
  '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$';
const QUANTITIES = { type: 'object', additionalProperties: { type: 'string', pattern: QUANTITY } };
const TEXT = { type: 'string' };

/**
 * What Escale says of a `Cluster`, in the words of the CRD of CloudNativePG 1.30 (`config/crd/bases/postgresql.cnpg.io_clusters.yaml`);
 * what it does not say is left out, and so unknown here.
 */
export const CLUSTER_SPEC = {
  type: 'object',
  required: ['instances'],
  properties: {
    instances: { type: 'integer', minimum: 1 },
    imageName: TEXT,
    bootstrap: {
      type: 'object',
      properties: { initdb: { type: 'object', properties: { database: TEXT, owner: TEXT } } },
    },
    postgresql: {
      type: 'object',
      properties: {
        synchronous: {
          type: 'object',
          required: ['method', 'number'],
          properties: {
            method: { type: 'string', enum: ['any', 'first'] },
            number: { type: 'integer' },
            dataDurability: { type: 'string', enum: ['required', 'preferred'] },
          },
        },
      },
    },
    affinity: {
      type: 'object',
      properties: { enablePodAntiAffinity: { type: 'boolean' }, topologyKey: TEXT },
    },
    resources: { type: 'object', properties: { requests: QUANTITIES } },
    storage: { type: 'object', properties: { size: TEXT, storageClass: TEXT } },
  },
};

/** The one middleware of Traefik that Escale uses. */
export const MIDDLEWARE_SPEC = {
  type: 'object',
  properties: {
    stripPrefix: { type: 'object', properties: { prefixes: { type: 'array', items: TEXT } } },
  },
};
