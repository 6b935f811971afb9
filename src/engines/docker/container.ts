import type { EnvironmentNetwork, InstanceRecord, StartRequest } from '../../core/contracts/index.ts';
import { OWN_IMAGE_CAPABILITIES } from '../../core/image/index.ts';
import { labelsOf } from './labels.ts';

/** Where things stand in a container. */
export const APP = '/app';
export const DATA = '/data';
const TEMPORARY = '/tmp';
/** Who instances run as: nobody in particular, the same number as in the images. */
export const USER = { uid: 65_532, gid: 65_532 };

/** Size of the temporary folder where the file sets no limit: it is memory. */
const TEMPORARY_BYTES = 256 << 20;
/** Where the file sets none, what forks without end is stopped all the same. */
const MOST_PROCESSES = 4096;
/** What Docker keeps of an instance's output until Escale has read it. */
const LOG = { 'max-size': '8m', 'max-file': '4' };

export interface ContainerPlan {
  owner: string;
  image: string;
  network: EnvironmentNetwork & { name: string };
  /** Docker's volume that it keeps; null: none. */
  volume: string | null;
  /** Docker has its small init: an instance that says nothing of signals ends at SIGTERM, as it does elsewhere. */
  hasInit: boolean;
  /** Of Escale, for whoever asks for its language and time. */
  inherited: Record<string, string>;
}

/** The name of an instance's container. */
export function containerName(id: string): string {
  return `escale-${id}`;
}

/** What Docker is told to make of an instance. */
export function containerBody(request: StartRequest, record: InstanceRecord, plan: ContainerPlan): object {
  const { limits, names = [] } = request;
  const { volume, network, owner, image } = plan;
  return {
    Image: image,
    Hostname: record.id.slice(0, 63),
    ...(request.image === undefined ? madeProgram(request) : ownProgram(request)),
    Env: Object.entries(containerEnvironment(request, plan)).map(([name, value]) => `${name}=${value}`),
    Labels: labelsOf(record, owner),
    HostConfig: {
      NetworkMode: network.name,
      ExtraHosts: names.map((name) => `${name}:${network.host}`),
      // The supervisor alone decides what is started again.
      RestartPolicy: { Name: 'no' },
      Tmpfs: { [TEMPORARY]: `rw,exec,nosuid,nodev,mode=1777,size=${limits.diskBytes ?? TEMPORARY_BYTES}` },
      CapDrop: ['ALL'],
      ...(request.image === undefined
        ? { Init: plan.hasInit, ReadonlyRootfs: true }
        : { Init: false, ReadonlyRootfs: false, CapAdd: OWN_IMAGE_CAPABILITIES }),
      SecurityOpt: ['no-new-privileges:true'],
      PidsLimit: limits.processes ?? MOST_PROCESSES,
      ...memoryOf(limits.memoryBytes),
      ...(limits.cpu !== null && { NanoCpus: Math.round(limits.cpu * 1e9) }),
      Ulimits: [{ Name: 'core', Soft: 0, Hard: 0 }],
      LogConfig: { Type: 'json-file', Config: LOG },
      Mounts: volume === null ? [] : [{ Type: 'volume', Source: volume, Target: dataOf(request) }],
    },
  };
}

/** An image that Escale made of files. */
function madeProgram({ command, stopSignal }: StartRequest): object {
  const User = `${USER.uid}:${USER.gid}`;
  return { Entrypoint: command, Cmd: [], WorkingDir: APP, User, StopSignal: stopSignal };
}

/** One that somebody else made starts as they meant it: its user, folder, entrypoint and signal are its own. */
function ownProgram({ command }: StartRequest): object {
  return command.length === 0 ? {} : { Cmd: command };
}

function dataOf({ image }: StartRequest): string {
  return image?.volume ?? DATA;
}

/** Nothing is swapped: what goes over its limit ends, and says so. */
function memoryOf(bytes: number | null): object {
  return bytes === null
    ? {}
    : { Memory: Math.max(bytes, LEAST_MEMORY), MemorySwap: Math.max(bytes, LEAST_MEMORY) };
}

/** Docker refuses less, bytes. */
const LEAST_MEMORY = 6 << 20;

function containerEnvironment(request: StartRequest, { inherited }: ContainerPlan): Record<string, string> {
  return {
    ...(request.image === undefined && {
      ...inherited,
      HOME: TEMPORARY,
      TMPDIR: TEMPORARY,
      PYTHONUNBUFFERED: '1',
      PYTHONPYCACHEPREFIX: `${TEMPORARY}/pycache`,
    }),
    ...request.env,
    ...(request.dataFolder !== null && { DATA_DIR: dataOf(request) }),
    // Not whose it is: what carries that is a process of this host to the engine of processes, and its to end.
    ESCALE_INSTANCE: request.id,
  };
}
