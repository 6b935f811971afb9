import { InvalidArgumentError } from 'commander';

/** Reads the number of something, counted from 1. */
export function numberOf(what: string): (text: string) => number {
  return (text) => {
    if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
    throw new InvalidArgumentError(`Expected the number of a ${what}, such as 3.`);
  };
}

/** `every-node`, or how many. */
export function instancesOf(text: string): 'every-node' | number {
  return text === 'every-node' ? text : numberOf('instance')(text);
}

/** Of the range that clusters have for it, unless they were told otherwise. */
export function nodePortOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 30_000 && port <= 32_767) return port;
  throw new InvalidArgumentError('Expected a port from 30000 to 32767.');
}

export function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new InvalidArgumentError('Expected a port from 1 to 65535.');
}
