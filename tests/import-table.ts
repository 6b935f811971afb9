/** Who may import whom, and why. A folder that is not named here may import nothing but itself. */
export interface ImportRule {
  /** Folder, from the root. */
  from: string;
  /** Folders it may import, through their `index.ts`. */
  may: string[];
  why: string;
}

export const IMPORT_RULES: ImportRule[] = [
  {
    from: 'src/core',
    may: ['src/core'],
    why: 'it decides: no I/O, so that every decision can be tested exactly',
  },
  {
    from: 'src/host',
    may: ['src/core'],
    why: 'what any process needs of a machine: durable files, locks, local sockets',
  },
  {
    from: 'src/supervisor',
    may: ['src/core', 'src/host'],
    why: 'it knows engines and gateway only as ports',
  },
  { from: 'src/engines/process', may: ['src/core', 'src/host'], why: 'engines are strangers to each other' },
  { from: 'src/engines/docker', may: ['src/core', 'src/host'], why: 'engines are strangers to each other' },
  {
    from: 'src/engines/kubernetes',
    may: ['src/core', 'src/host'],
    why: 'engines are strangers to each other',
  },
  {
    from: 'src/cluster-gateway',
    may: ['src/core', 'src/host', 'src/gateway', 'src/engines/kubernetes'],
    why: 'the gateway as a pod: the cluster tells it what the supervisor tells it elsewhere',
  },
  { from: 'src/gateway', may: ['src/core', 'src/host'], why: 'the data plane works alone' },
  {
    from: 'src/resources/postgres',
    may: ['src/core', 'src/host'],
    why: 'how one kind of resource runs; kinds are strangers to each other',
  },
  {
    from: 'src/secrets',
    may: ['src/core', 'src/host'],
    why: 'the one place that encrypts and decrypts; who starts something asks it through a port',
  },
  {
    from: 'src/targets',
    may: ['src/core', 'src/host'],
    why: 'how a host elsewhere is reached and what is brought there; what runs there is asked by the server',
  },
  {
    from: 'src/delivery',
    may: ['src/core', 'src/host', 'src/index.ts'],
    why: 'from commit to release; runs nothing',
  },
  {
    from: 'src/server',
    may: [
      'src/core',
      'src/host',
      'src/supervisor',
      'src/engines/process',
      'src/engines/docker',
      'src/engines/kubernetes',
      'src/gateway',
      'src/resources/postgres',
      'src/secrets',
      'src/delivery',
      'src/targets',
      'package.json',
    ],
    why: 'the one place that names concrete adapters and wires them',
  },
  {
    from: 'src/cli',
    may: ['src/core', 'src/server', 'src/delivery', 'package.json'],
    why: 'parse, call, print; check and init read files without a server (decision 0005)',
  },
  { from: 'src/index.ts', may: ['src/core'], why: 'what people import: types of the file' },
  {
    from: 'dashboard',
    may: ['src/server/api/types.ts'],
    why: 'it talks to the API only, and knows its types',
  },
  {
    from: 'systems',
    may: [],
    why: 'real applications: they import nothing of Escale but its published name',
  },
];

/** npm packages that a folder of the product may import; one that is not named may import none. */
export const PACKAGE_RULES: Record<string, string[]> = {
  'src/core': ['zod', 'yaml', 'croner'],
  'src/server': ['fastify', 'zod'],
  'src/cli': ['commander', 'chokidar', '@clack/prompts', 'yaml'],
  'src/delivery': ['yaml', 'sax', 'acorn', '@balena/dockerignore', 'rolldown'],
  'src/engines/kubernetes': ['ws', 'yaml'],
  'src/resources/postgres': ['pg'],
  'src/secrets': ['age-encryption', 'yaml'],
};

/** Entries from outside that are not an `index.ts`, each with its reason. The list only shrinks. */
export const OTHER_DOORS: Record<string, string> = {
  'src/core/manifest/file/schema.ts':
    'types of the file, for people who import `escale`, without loading the checker',
  'src/server/api/types.ts': "the API's types, for the dashboard, without loading the server",
};
