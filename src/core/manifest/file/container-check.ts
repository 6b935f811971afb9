import { referenceProblem } from '../../image/index.ts';
import { namedContainers } from '../containers.ts';
import { parseSource } from '../folder.ts';
import type { Finding, Path } from '../mistakes.ts';
import { valueText } from '../mistakes.ts';
import { isMap, mapAt } from './value-at.ts';

type Part = Record<string, unknown>;

/** Whether a service or job is an image rather than a command over its files. */
export function isContainer(part: unknown): boolean {
  return isMap(part) && (part.image !== undefined || part.dockerfile !== undefined);
}

/** What `image` and `dockerfile` bring along: what stands beside them, and what needs them. */
export function checkContainer(part: Part, path: Path): Finding[] {
  return isContainer(part)
    ? [...checkBeside(part, path), ...checkImage(part, path), ...checkDockerfile(part, path)]
    : checkWithout(part, path);
}

function checkBeside(part: Part, path: Path): Finding[] {
  const { image, dockerfile, static: files, source, volume } = part;
  const contradiction = (key: string, message: string): Finding => ({
    code: 'contradiction',
    path: [...path, key],
    message,
  });
  return [
    ...(image !== undefined && dockerfile !== undefined
      ? [contradiction('dockerfile', 'it is either an image or made by a dockerfile, not both')]
      : []),
    ...(files !== undefined
      ? [
          contradiction(
            'static',
            'a folder of files is no container: static stands without image and dockerfile',
          ),
        ]
      : []),
    ...(image !== undefined && dockerfile === undefined && source !== undefined
      ? [contradiction('source', 'an image has its own files: a source belongs to a command or a dockerfile')]
      : []),
    ...(volume === true
      ? [
          {
            ...contradiction('volume', 'expected the folder of the container that is kept, got true'),
            code: 'wrong-value' as const,
            hint: 'For example volume: /var/lib/data',
          },
        ]
      : []),
  ];
}

function checkImage({ image }: Part, path: Path): Finding[] {
  const wrong = typeof image === 'string' && image !== '' ? referenceProblem(image) : null;
  if (wrong === null) return [];
  const { problem: message, hint } = wrong;
  return [{ code: 'image-reference', path: [...path, 'image'], message, hint, at: 'value' }];
}

function checkDockerfile({ dockerfile }: Part, path: Path): Finding[] {
  if (typeof dockerfile !== 'string' || dockerfile === '') return [];
  const parsed = parseSource(dockerfile);
  if ('source' in parsed && parsed.source !== '.') return [];
  const problem = 'problem' in parsed ? parsed.problem : 'is a folder';
  return [
    {
      code: 'wrong-source',
      path: [...path, 'dockerfile'],
      message: `the file ${valueText(dockerfile)} ${problem}`,
      hint: 'A dockerfile is a file below source, such as Dockerfile.',
      at: 'value',
    },
  ];
}

/** Ports and folders of a container where there is none. */
function checkWithout({ port, volume }: Part, path: Path): Finding[] {
  const wrong = (key: string, value: unknown, hint: string): Finding => ({
    ...{ code: 'wrong-value', path: [...path, key], at: 'value', hint },
    message: `expected true, got ${valueText(value)}`,
  });
  return [
    ...(typeof port === 'number'
      ? [wrong('port', port, 'Escale chooses the port and tells it in PORT. Write true.')]
      : []),
    ...(typeof volume === 'string' && volume.startsWith('/')
      ? [wrong('volume', volume, 'Escale chooses the folder and tells it in DATA_DIR. Write true.')]
      : []),
  ];
}

/** An environment on processes can't run an image; `local` may be on Docker without its file saying so. */
export function checkEngine(environment: string, file: unknown): Finding[] {
  const above = ['environments', environment];
  const { target } = mapAt(file, above);
  const containers = namedContainers({ services: mapAt(file, ['services']), jobs: mapAt(file, ['jobs']) });
  if (environment === 'local' || containers.length === 0) return [];
  if (target !== undefined && target !== 'process') return [];
  return [
    {
      code: 'needs-containers',
      path: target === undefined ? above : [...above, 'target'],
      message: `it is on processes, and these need containers: ${containers.join(', ')}`,
      hint: 'Write target: docker.',
    },
  ];
}
