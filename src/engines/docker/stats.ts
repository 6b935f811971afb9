/** What is used of an answer of `/containers/ID/stats`. */
export interface StatsAnswer {
  memory_stats?: { usage?: number; stats?: Record<string, number> };
  cpu_stats?: { cpu_usage?: { total_usage?: number } };
}

/** Memory without what the kernel could give back at once (cgroup v1 and v2 name it differently), and CPU time. */
export function useOf({ memory_stats: memory, cpu_stats: cpu }: StatsAnswer): {
  memoryBytes: number;
  cpuMs: number;
} {
  const cache = memory?.stats?.total_inactive_file ?? memory?.stats?.inactive_file ?? 0;
  return {
    memoryBytes: Math.max(0, (memory?.usage ?? 0) - cache),
    cpuMs: (cpu?.cpu_usage?.total_usage ?? 0) / 1e6,
  };
}
