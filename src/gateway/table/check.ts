import { isIPv4 } from 'node:net';
import type { TrafficTable } from '../../core/contracts/index.ts';

/** Is `value` a table? The socket is private, so only the shape that would break the gateway is looked at. */
export function isTable(value: unknown): value is TrafficTable {
  if (!isObject(value)) return false;
  const { version, routes, internal, services } = value;
  if (typeof version !== 'number' || !Number.isSafeInteger(version)) return false;
  return everyOf(routes, isRoute) && everyOf(internal, isInternal) && everyOf(services, isService);
}

function isRoute(value: Fields): boolean {
  return (
    typeof value.host === 'string' && typeof value.prefix === 'string' && typeof value.service === 'string'
  );
}

function isInternal(value: Fields): boolean {
  return (
    typeof value.service === 'string' &&
    typeof value.host === 'string' &&
    typeof value.port === 'number' &&
    (value.from === undefined || isSubnet(value.from))
  );
}

/** `172.18.0.0/16` */
function isSubnet(value: unknown): boolean {
  const [address = '', bits = '', ...more] = String(value).split('/');
  return more.length === 0 && isIPv4(address) && /^\d{1,2}$/.test(bits) && Number(bits) <= 32;
}

function isService(value: Fields): boolean {
  const { key, probe, drain, hold, responseTimeoutMs, instances } = value;
  if (typeof key !== 'string' || typeof responseTimeoutMs !== 'number') return false;
  return isObject(probe) && isObject(drain) && isObject(hold) && everyOf(instances, isInstance);
}

function isInstance(value: Fields): boolean {
  return (
    typeof value.id === 'string' &&
    isObject(value.address) &&
    ['in', 'rest', 'out'].includes(value.rotation as string)
  );
}

type Fields = Record<string, unknown>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function everyOf(value: unknown, isGood: (item: Fields) => boolean): boolean {
  return Array.isArray(value) && value.every((item) => isObject(item) && isGood(item));
}
