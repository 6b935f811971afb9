import type { LogLine, LogQuery } from '../../core/contracts/index.ts';
import { instanceId, type Pod, RELEASE_ANNOTATION, serviceOf } from '../../core/kubernetes/index.ts';
import { type Cluster, isRefusal, type PodLogLine } from './api/index.ts';

/** Lines of pods as lines of instances. A cluster does not tell output and errors apart, and keeps those of pods that are there. */
export class PodLogs {
  private readonly cluster: Cluster;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  /** What is there, oldest first. */
  async past(pods: Pod[], { tail }: LogQuery, signal: AbortSignal): Promise<LogLine[]> {
    const each = await Promise.all(pods.map((pod) => this.ofPod(pod, tail, signal)));
    const all = each.flat().sort((a, b) => a.at - b.at);
    return tail === undefined ? all : all.slice(-tail);
  }

  /** What comes after a time, of one pod, until it ends. */
  async *following(pod: Pod, since: number, signal: AbortSignal): AsyncIterable<LogLine> {
    try {
      for await (const line of this.cluster.logs(
        addressOf(pod),
        { follow: true, tail: 1000, ...containerOf(pod) },
        signal,
      ))
        if (line.at > since) yield lineOf(pod, line);
    } catch (error) {
      if (!isWithoutLog(error)) throw error;
    }
  }

  /** Of a program that has only just begun again, what it said before it ended is what people look for. */
  private async ofPod(pod: Pod, tail: number | undefined, signal: AbortSignal): Promise<LogLine[]> {
    const status = pod.status?.containerStatuses?.[0];
    const lives = (status?.restartCount ?? 0) > 0 ? [true, false] : [false];
    const lines: LogLine[] = [];
    for (const previous of lives) lines.push(...(await this.ofLife(pod, { tail, previous }, signal)));
    return lines;
  }

  private async ofLife(
    pod: Pod,
    { tail, previous }: { tail: number | undefined; previous: boolean },
    signal: AbortSignal,
  ): Promise<LogLine[]> {
    const lines: LogLine[] = [];
    const query = { previous, ...containerOf(pod), ...(tail !== undefined && { tail }) };
    try {
      for await (const line of this.cluster.logs(addressOf(pod), query, signal))
        lines.push(lineOf(pod, line));
    } catch (error) {
      if (!isWithoutLog(error)) throw error;
    }
    return lines;
  }
}

/** It has not begun, or is gone meanwhile. */
function isWithoutLog(error: unknown): boolean {
  return isRefusal(error, 400) || isRefusal(error, 404);
}

export function addressOf({ metadata: { namespace, name } }: Pod): { namespace: string; name: string } {
  return { namespace: namespace!, name };
}

export function containerOf({ spec }: Pod): { container: string } {
  return { container: spec!.containers[0]!.name };
}

function lineOf(pod: Pod, { at, text }: PodLogLine): LogLine {
  const release = Number(pod.metadata.annotations?.[RELEASE_ANNOTATION] ?? 0);
  return { at, service: serviceOf(pod), instance: instanceId(pod), release, stream: 'out', text };
}
