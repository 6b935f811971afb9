import * as z from 'zod';
import { NAME } from '../names.ts';
import { RESOURCE_TYPES } from '../resource-types.ts';
import { duration, expecting, mapOf, shape, size, text, whole } from './fields.ts';

/**
 * The file as people write it: the one source for validation, for the types of `defineSystem`, for
 * `escale.schema.json` and for `docs/reference/file.md`. `default` in a field's meta is what the reference
 * and editors show; `defaults.ts` holds the same values for the resolution, and a test compares both.
 */

const word = text('a text');
const yes = z.literal(true, expecting('true'));
const getPath = z
  .string(expecting('a path such as "/readyz"'))
  .regex(
    /^\/[\x21-\x22\x24-\x7e]{0,1023}$/,
    expecting('a path such as "/readyz", beginning with a slash, without spaces or #'),
  );

const command = z
  .union(
    [
      z
        .string(expecting('a command such as "node server.ts"'))
        .min(1, expecting('a command such as "node server.ts"'))
        .max(32_768, expecting('a command of at most 32768 characters')),
      z
        .array(z.string(expecting('a text')), expecting('a list of words'))
        .min(1, expecting('at least one word'))
        .max(1024, expecting('at most 1024 words')),
    ],
    expecting(`a command such as "node server.ts", or a list of words such as ['node', 'server.ts']`),
  )
  .meta({
    description: `What runs: words, never given to a shell. \`\${HOST}\` and \`\${PORT}\` in a word are filled in; for anything a shell would do, write \`['sh', '-c', …]\`.`,
  });

const staticFiles = z
  .union(
    [
      yes,
      shape(
        {
          spa: z
            .boolean(expecting('true or false'))
            .meta({ description: 'Unknown paths answer `index.html`.', default: false })
            .optional(),
        },
        'true, or a map such as {spa: true}',
      ),
    ],
    expecting('true, or a map such as {spa: true}'),
  )
  .meta({ description: 'Its folder is served as files, in the place of a command.' });

const image = text('an image such as "docker.io/library/redis:8"', 512)
  .meta({
    description:
      'A container image of a registry, by tag or digest, in the place of files; its own command unless `command` says another one. What a tag means is asked when the release is made, and kept. Where the environment is on Docker.',
  })
  .optional();

const dockerfile = text('a file such as "Dockerfile"', 1024)
  .meta({
    description:
      'A Dockerfile below `source`, which is its context. It is built when the release is made, by docker, BuildKit or buildah. Where the environment is on Docker.',
  })
  .optional();

const env = mapOf(
  z.union(
    [
      z.string().max(131_072, expecting('a text of at most 128 KiB')),
      z.number(expecting('a number')),
      z.boolean(),
    ],
    expecting('a text, a number, or true or false'),
  ),
  'a map from names to texts',
  /^[A-Za-z_][A-Za-z0-9_]*$/,
).meta({
  description:
    'Environment variables. Numbers and booleans become texts, as they are written. `${secret.NAME}` stands for a secret (`escale secret set NAME`).',
});

const health = shape(
  {
    ready: getPath
      .meta({ description: 'Path of a GET that answers 2xx when it can take traffic.' })
      .optional(),
    live: getPath
      .meta({
        description:
          'Path of a GET that answers 2xx while it is alive; when it fails, the instance is restarted.',
      })
      .optional(),
    interval: duration(100).meta({ description: 'Time between two probes.', default: '2s' }).optional(),
    timeout: duration(10)
      .meta({ description: 'An unanswered probe fails after this.', default: '2s' })
      .optional(),
    failures: whole(1, 100)
      .meta({
        description: 'Probes in a row that must fail before an instance leaves the rotation.',
        default: 3,
      })
      .optional(),
  },
  'a map such as {ready: /readyz}',
).meta({ description: 'How Escale asks it how it is.' });

const start = shape(
  {
    deadline: duration(100)
      .meta({ description: 'An instance that is not ready after this has failed.', default: '30s' })
      .optional(),
    stable: duration(0)
      .meta({
        description: 'Without `health.ready`: how long it must have been listening (a worker: alive).',
        default: '1s',
      })
      .optional(),
  },
  'a map such as {deadline: 30s}',
).meta({ description: 'What a start may take.' });

const stop = shape(
  {
    drain: duration()
      .meta({ description: 'Longest wait for requests in flight.', default: '30s' })
      .optional(),
    websockets: duration().meta({ description: 'Longest wait for WebSockets.', default: '30s' }).optional(),
    grace: duration().meta({ description: 'From SIGTERM to SIGKILL.', default: '10s' }).optional(),
  },
  'a map such as {drain: 20s}',
).meta({ description: 'What a stop may take.' });

const hold = shape(
  {
    timeout: duration().meta({ description: 'Longest wait of a request.', default: '30s' }).optional(),
    max: whole(0, 100_000).meta({ description: 'How many requests may wait.', default: 1000 }).optional(),
  },
  'a map such as {timeout: 30s, max: 1000}',
).meta({ description: 'Requests wait while no instance is ready, rather than fail.' });

const limits = shape(
  {
    memory: size(1e6, '1MB').meta({ description: 'Memory of one instance.' }).optional(),
    cpu: z
      .number(expecting('a number of cores such as 0.5'))
      .min(0.01, expecting('a number of cores from 0.01'))
      .max(1024, expecting('a number of cores up to 1024'))
      .meta({ description: 'Cores of one instance.' })
      .optional(),
    processes: whole(1, 1_000_000).meta({ description: 'Processes and threads of one instance.' }).optional(),
    disk: size(1e6, '1MB').meta({ description: 'Largest size of its private temporary folder.' }).optional(),
  },
  'a map such as {memory: 512MB, cpu: 0.5}',
).meta({ description: 'What one instance may use at most. Not set: no limit.' });

const scaling = shape(
  {
    min: whole(1, 100).meta({ description: 'Never fewer. Where nothing scales (hosts), so many run.' }),
    max: whole(1, 100).meta({ description: 'Never more.' }),
    cpu: z
      .number(expecting('a number such as 0.7'))
      .min(0.01, expecting('a number from 0.01 to 1'))
      .max(1, expecting('a number from 0.01 to 1'))
      .meta({
        description:
          'So much of `limits.cpu` (without it of one core) instances should use on average: above it there are more, below it fewer.',
        default: 0.7,
      })
      .optional(),
  },
  'a map such as {min: 2, max: 6}',
);

/** What an environment may set differently for a service. */
const adjustable = {
  replicas: z
    .union(
      [whole(0, 100), scaling],
      expecting('a whole number from 0 to 100, or a map such as {min: 2, max: 6}'),
    )
    .meta({ description: 'How many instances run; or between which numbers a cluster chooses.', default: 1 })
    .optional(),
  env: env.optional(),
  health: health.optional(),
  start: start.optional(),
  stop: stop.optional(),
  hold: hold.optional(),
  timeout: duration(1).meta({ description: 'An answer must begin within this.', default: '60s' }).optional(),
  limits: limits.optional(),
};

const source = text('a folder such as "./web"', 1024)
  .meta({ description: 'Folder of its files, relative to this file, inside its folder.', default: '.' })
  .optional();

const uses = z
  .array(word, expecting('a list of names such as [api, db]'))
  .max(100, expecting('at most 100 names'))
  .meta({
    description:
      'What it needs: services of this system (`api`, whose address is then in `API_URL`) or of another one (`images/api`, in `IMAGES_API_URL`), and resources (`db`, a PostgreSQL, is then in `DATABASE_URL`; with several of one kind in `DB_DATABASE_URL`).',
  })
  .optional();

const volumeExpected = expecting('true (or the folder of an image, such as "/var/lib/data")');

const service = shape(
  {
    source,
    command: command.optional(),
    static: staticFiles.optional(),
    image,
    dockerfile,
    port: z
      .union([yes, whole(1, 65_535)], expecting('true (or the port of an image, such as 8080)'))
      .meta({
        description:
          'It listens on `HOST:PORT` from its environment and can be called. Without it: a worker. With `image` or `dockerfile` it may be the port that it listens on in its container, such as 8080.',
      })
      .optional(),
    uses,
    volume: z
      .union(
        [
          yes,
          z
            .string(volumeExpected)
            .max(1024, volumeExpected)
            .regex(/^(?:\/[^\u0000-\u001f\u007f:,/]+)+\/?$/, volumeExpected),
        ],
        volumeExpected,
      )
      .meta({
        description:
          'It keeps a folder of its own (`DATA_DIR`) over restarts. It then has exactly one instance. With `image` or `dockerfile`: which folder of the container, such as `/var/lib/data`.',
      })
      .optional(),
    spread: z
      .literal('every-node', expecting('"every-node"'))
      .meta({
        description:
          'It needs an instance on each machine: on a Kubernetes cluster one on each node, on one machine one. Without it, instances are kept apart where there are several machines.',
      })
      .optional(),
    ...adjustable,
  },
  'a map with a command',
).meta({ description: 'A long-running part.' });

/** What an environment may set differently for a job. */
const adjustableJob = {
  env: env.optional(),
  schedule: text('a schedule such as "0 3 * * *"', 200)
    .meta({
      description:
        'When it runs by itself, in the five fields of cron (minute, hour, day of month, month, day of week), or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`.',
    })
    .optional(),
  timeZone: text('a time zone such as "Europe/Paris"', 100)
    .meta({ description: 'Time zone of the schedule.', default: 'UTC' })
    .optional(),
  timeout: duration(100)
    .meta({ description: 'A run that takes longer is ended, and has failed.', default: '10m' })
    .optional(),
  limits: limits.optional(),
};

const job = shape(
  {
    source,
    command: command.optional(),
    image,
    dockerfile,
    uses,
    before: z
      .literal('deploy', expecting('"deploy"'))
      .meta({
        description:
          'Runs in each deploy before its services start (a migration); when it fails, the deploy is not taken. It may run again after a crash, so it must be repeatable.',
      })
      .optional(),
    overlap: yes
      .meta({ description: 'A scheduled run may begin while the one before still goes on.' })
      .optional(),
    ...adjustableJob,
  },
  'a map with a command',
).meta({ description: 'What runs to its end: before a deploy, or on a schedule.' });

/** What an environment may set differently for a resource. */
const adjustableResource = {
  external: text('an address such as "postgres://user@db.example.org/tasks"', 2048)
    .meta({
      description: 'Address of one that exists elsewhere and is used as it is; Escale then runs none.',
    })
    .optional(),
};

const resource = shape(
  {
    type: z.enum(RESOURCE_TYPES, expecting(`a type of resource (${RESOURCE_TYPES.join(', ')})`)).meta({
      description: 'What it is: `postgres` is a PostgreSQL server of its own, with one database.',
    }),
    ...adjustableResource,
  },
  'a map such as {type: postgres}',
).meta({ description: 'What services need and Escale provides.' });

const step = shape(
  {
    source,
    command: command.optional(),
    needs: z
      .array(word, expecting('a list of names of steps such as [lint, test]'))
      .max(100, expecting('at most 100 names'))
      .meta({
        description:
          'Steps that must have succeeded before it. Without it: the step that is written before it; `[]` for none.',
      })
      .optional(),
    uses: z
      .array(word, expecting('a list of resources such as [db]'))
      .max(100, expecting('at most 100 names'))
      .meta({
        description:
          'Resources of this system that it needs: it gets empty ones of its own, bound as for a service, which are thrown away afterwards.',
      })
      .optional(),
    env: env.optional(),
    results: z
      .array(text('a path such as "reports/*.xml"', 1024), expecting('a list of paths'))
      .max(100, expecting('at most 100 paths'))
      .meta({
        description:
          'Files with the results of its tests, JUnit or TAP, below `source`; `*` and `**` as usual. What it prints is read as TAP without this.',
      })
      .optional(),
    artifacts: z
      .array(text('a path such as "coverage"', 1024), expecting('a list of paths'))
      .max(100, expecting('at most 100 paths'))
      .meta({ description: 'Files and folders below `source` that are kept with the run.' })
      .optional(),
    cache: z
      .array(text('a folder such as ".cache"', 1024), expecting('a list of folders'))
      .max(100, expecting('at most 100 folders'))
      .meta({
        description:
          'Folders below `source` that the next run finds again. Installed packages are kept by their lock file without this.',
      })
      .optional(),
    timeout: duration(100)
      .meta({ description: 'A step that takes longer is ended, and has failed.', default: '15m' })
      .optional(),
    limits: limits.optional(),
  },
  'a command, or a map with one',
);

const pipeline = mapOf(
  z.union(
    [z.boolean(expecting('true or false')), command, step],
    expecting('a command such as "npm test", or a map such as {command: npm test, uses: [db]}'),
  ),
  'a map from names of steps to commands',
  NAME,
).meta({
  description:
    'Steps that must succeed before a commit becomes a release, by name, one after the other as they are written unless `needs` says otherwise. `quality` may be true (as without it: checks that fit what is found, which only report), false, or a command of your own, which must succeed; `build` runs last, and what it makes is delivered.',
});

const TARGET_EXPECTED = '"process", "docker" or the name of a target';

const environment = shape(
  {
    target: text(TARGET_EXPECTED, 40)
      .regex(NAME, expecting(TARGET_EXPECTED))
      .refine((name) => name !== 'kubernetes', expecting(TARGET_EXPECTED))
      .meta({
        description:
          'Where its instances run: `process` (child processes of this host), `docker` (containers of its Docker), or a host elsewhere by the name that `escale target add` gave it (containers there). `--engine` of `escale up` says it for `local`.',
        default: 'process',
      })
      .optional(),
    branch: text('a branch such as "main", or a pattern such as "release/*"', 250)
      .meta({
        description:
          'A push to this branch is delivered here once its pipeline has succeeded. `*` stands for anything but a slash. Where no environment of the file has one, `main` and `master` go to `staging`.',
      })
      .optional(),
    promoteFrom: text('the name of an environment', 200)
      .meta({
        description: 'Releases come here only from that environment, after they were promoted there.',
      })
      .optional(),
    approve: z
      .union(
        [yes, z.enum(['deployer', 'admin'], expecting('true, "deployer" or "admin"'))],
        expecting('true, "deployer" or "admin"'),
      )
      .meta({
        description:
          'Somebody with this role here must agree before a release comes here; `true` means `admin`.',
      })
      .optional(),
    drift: z
      .enum(['show', 'repair'], expecting('"show" or "repair"'))
      .meta({
        description:
          'When what runs is not what the release says (numbers set by hand, newer secrets, changed files): only shown, or set right.',
        default: 'show',
      })
      .optional(),
    services: mapOf(
      shape(adjustable, 'a map such as {replicas: 2}'),
      'a map from services to what differs',
      NAME,
    )
      .meta({
        description:
          'What differs here, for each service. `env`, `limits` and the like are merged key by key.',
      })
      .optional(),
    jobs: mapOf(
      shape(adjustableJob, 'a map such as {schedule: "0 3 * * *"}'),
      'a map from jobs to what differs',
      NAME,
    )
      .meta({ description: 'What differs here, for each job.' })
      .optional(),
    resources: mapOf(
      shape(adjustableResource, 'a map such as {external: "postgres://…"}'),
      'a map from resources to what differs',
      NAME,
    )
      .meta({ description: 'What differs here, for each resource.' })
      .optional(),
    routes: mapOf(text('a host such as "tasks.example.org"', 253), 'a map from hosts to hosts')
      .meta({
        description:
          'Hosts of `routes`, and what they are called here. Without it: `<environment>.<host>`; on `local` as written.',
      })
      .optional(),
  },
  'a map such as {services: …, routes: …}',
).meta({
  description: 'A place where the system runs. `local`, `staging` and `production` are always there.',
});

const rollout = shape(
  {
    strategy: z
      .literal('rolling', expecting('"rolling"'))
      .meta({ description: 'How a new release takes over.', default: 'rolling' })
      .optional(),
    surge: whole(1, 100)
      .meta({ description: 'How many instances may start at once above the wanted number.', default: 1 })
      .optional(),
  },
  'a map such as {strategy: rolling}',
).meta({ description: 'How a new release takes the place of the old one.' });

/** The whole file. */
export const systemSchema = shape(
  {
    $schema: word
      .meta({ description: 'Where the JSON Schema is, for editors. Escale does not read it.' })
      .optional(),
    name: text('a name such as "tasks"', 200).meta({
      description: 'Name of the system: lower case letters, digits, hyphens, at most 40.',
      pattern: NAME.source,
    }),
    services: mapOf(service, 'a map from names to services', NAME).meta({
      description: 'The long-running parts, by name.',
    }),
    jobs: mapOf(job, 'a map from names to jobs', NAME)
      .meta({ description: 'What runs to its end, by name.' })
      .optional(),
    resources: mapOf(resource, 'a map from names to resources', NAME)
      .meta({ description: 'Databases and the like, by name.' })
      .optional(),
    routes: mapOf(text('the name of a service', 200), 'a map from hosts to services')
      .meta({
        description:
          'Host, or host and path prefix, to the service that answers. The longest prefix wins and is cut off (`X-Forwarded-Prefix`).',
      })
      .optional(),
    rollout: rollout.optional(),
    pipeline: pipeline.optional(),
    keep: whole(1, 1000)
      .meta({
        description:
          'How many releases are kept to return to. Those that run anywhere, and the ones before them, are never removed.',
        default: 10,
      })
      .optional(),
    environments: mapOf(environment, 'a map from names to environments', NAME)
      .meta({ description: 'Places where the system runs, and what differs there.' })
      .optional(),
  },
  'a map with name and services',
);

/** What people write, in either form of the file. */
export type SystemFile = z.input<typeof systemSchema>;
export type ServiceFile = SystemFile['services'][string];
export type EnvironmentFile = NonNullable<SystemFile['environments']>[string];
export type JobFile = NonNullable<SystemFile['jobs']>[string];
export type ResourceFile = NonNullable<SystemFile['resources']>[string];
export type PipelineFile = NonNullable<SystemFile['pipeline']>;
/** What an environment may set differently for a service. */
export type AdjustmentsFile = NonNullable<EnvironmentFile['services']>[string];

/** The keys that are valid at a place of the file, in the order of the schema. */
export function keysAt(path: readonly string[]): string[] {
  let schemas: z.core.$ZodType[] = [systemSchema];
  for (const key of path) schemas = schemas.flatMap(alternatives).flatMap((schema) => below(schema, key));
  const keys = schemas.flatMap(alternatives).flatMap((schema) => Object.keys(shapeOf(schema) ?? {}));
  return keys.filter((key) => key !== '$schema');
}

function below(schema: z.core.$ZodType, key: string): z.core.$ZodType[] {
  if (schema instanceof z.ZodRecord) return [schema.valueType];
  const keys = shapeOf(schema);
  return keys && Object.hasOwn(keys, key) ? [keys[key]!] : [];
}

function alternatives(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional) return alternatives(schema.unwrap());
  return schema instanceof z.ZodUnion ? schema.options.flatMap(alternatives) : [schema];
}

function shapeOf(schema: z.core.$ZodType): Record<string, z.core.$ZodType> | null {
  return schema instanceof z.ZodObject ? schema.shape : null;
}
