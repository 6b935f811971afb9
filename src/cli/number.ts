import { InvalidArgumentError } from 'commander';

/** Reads the number of something, counted from 1. */
export function numberOf(what: string): (text: string) => number {
  return (text) => {
    if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
    throw new InvalidArgumentError(`Expected the number of a ${what}, such as 3.`);
  };
}

export function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new InvalidArgumentError('Expected a port from 1 to 65535.');
}
