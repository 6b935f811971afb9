import { hostname } from 'node:os';
import manifest from './package.json' with { type: 'json' };

/** What the environment says about how and as what this instance runs. */
export interface Settings {
  host: string;
  /** 0: any free one. */
  port: number;
  /** Threads that answer; 1: the main one, alone. */
  workers: number;
  /** From SIGTERM to giving up on what is still in flight, ms. */
  drainMs: number;
  /** Whether faults can be switched on over HTTP. */
  faults: boolean;
  identity: Identity;
}

/** What an instance says about itself. */
export interface Identity {
  replica: string;
  version: string;
  commit: string;
  color: string;
  message: string;
}

/** Reads the settings; throws an `Error` that names the variable for the first that is not usable. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  return {
    host: env.HOST || '127.0.0.1',
    port: wholeNumber(env, 'PORT', { fallback: 8000, min: 0, max: 65_535 }),
    workers: wholeNumber(env, 'WORKERS', { fallback: 1, min: 1, max: 64 }),
    drainMs: wholeNumber(env, 'DRAIN_SECONDS', { fallback: 25, min: 0, max: 3600 }) * 1000,
    faults: env.HELLO_FAULTS === '1',
    identity: readIdentity(env),
  };
}

function readIdentity(env: NodeJS.ProcessEnv): Identity {
  return {
    replica: env.ESCALE_INSTANCE || `${hostname()}-${process.pid}`,
    version: manifest.version,
    commit: env.COMMIT || env.ESCALE_COMMIT || 'unknown',
    color: cssColor(env.HELLO_COLOR || env.COLOR),
    message: env.HELLO_MESSAGE || 'Hello, World!',
  };
}

/** A hexadecimal or named colour; anything else could carry CSS into the page and becomes the default. */
function cssColor(value: string | undefined): string {
  const usable = value !== undefined && /^(#[0-9a-f]{3,8}|[a-z]{3,32})$/i.test(value);
  return usable ? value : '#0f766e';
}

interface Bounds {
  fallback: number;
  min: number;
  max: number;
}

function wholeNumber(env: NodeJS.ProcessEnv, name: string, { fallback, min, max }: Bounds): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new Error(`${name}: expected a whole number from ${min} to ${max}, got ${JSON.stringify(text)}`);
}
