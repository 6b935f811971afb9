/** Percentiles in ms, each at most 1 % above the true value; all 0 without a value. */
export interface Latency {
  p50: number;
  p90: number;
  p99: number;
  p999: number;
  max: number;
}

/** Counts of latencies in memory of a fixed size. */
export interface Histogram {
  add: (ms: number) => void;
  latency: () => Latency;
}

const smallestMs = 0.01;
const growth = 1.01;
const buckets = 2400;

/** An empty histogram, for 0.01 ms to far more than a day. */
export function createHistogram(): Histogram {
  const counts = new Uint32Array(buckets);
  let total = 0;
  let max = 0;
  const add = (ms: number) => {
    const bucket = Math.ceil(Math.log(Math.max(ms, smallestMs) / smallestMs) / Math.log(growth));
    counts[Math.min(bucket, buckets - 1)]! += 1;
    total++;
    max = Math.max(max, ms);
  };
  const percentile = (share: number) => {
    let left = Math.ceil(total * share);
    for (let bucket = 0; bucket < buckets && left > 0; bucket++) {
      left -= counts[bucket]!;
      if (left <= 0) return Math.min(max, smallestMs * growth ** bucket);
    }
    return 0;
  };
  const latency = () => ({
    p50: percentile(0.5),
    p90: percentile(0.9),
    p99: percentile(0.99),
    p999: percentile(0.999),
    max,
  });
  return { add, latency };
}
