import { duration, harmless, paintFor } from './text.ts';

/** How the steps of a command are shown. */
export interface Steps {
  /** Begins a step; what comes back ends it. */
  step(what: string): (detail?: string) => void;
  note(message: string): void;
}

/** Shows each step when it ends, with its time; on a terminal also the one that runs. */
export function stepPrinter({
  isSilent,
  out = process.stdout,
}: {
  isSilent: boolean;
  out?: NodeJS.WriteStream;
}): Steps {
  if (isSilent) return { step: () => () => {}, note: () => {} };
  const paint = paintFor(out);
  const clear = out.isTTY === true ? '\r\x1b[2K' : '';
  const step = (what: string) => {
    const began = performance.now();
    if (out.isTTY) out.write(`${clear}  ${paint.dim('…')} ${harmless(what)}`);
    return (detail?: string) => {
      const more = detail === undefined ? '' : ` ${paint.dim(harmless(detail))}`;
      const took = paint.dim(duration(performance.now() - began));
      out.write(`${clear}  ${paint.green('✓')} ${harmless(what)}${more} ${took}\n`);
    };
  };
  return { step, note: (message) => void out.write(`${clear}  ${paint.dim(harmless(message))}\n`) };
}

/** `43 MB`, `9.1 kB`: decimal, as registries count. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB'];
  let value = bytes / 1000;
  while (value >= 999.5 && units.length > 1) {
    value /= 1000;
    units.shift();
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[0]}`;
}
