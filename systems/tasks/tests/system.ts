import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { startApi } from '../api/testing/api.ts';
import { type Postgres, startPostgres, withoutPostgres } from '../api/testing/postgres.ts';
import { type Owner, startServer as startWeather } from '../weather/testing/instance.ts';
import { startServer as startWeb } from '../web/testing/instance.ts';

const executablePath = '/usr/bin/chromium';

/** Where a page and its API are that are tested instead of ones of the test's own. */
const { TASKS_URL: url, TASKS_API_URL: apiUrl } = process.env;
const delivered = url && apiUrl ? { url, apiUrl } : null;

const withoutBrowser = !existsSync(executablePath) && 'no Chromium here (Debian: apt install chromium)';

/** For a test's `skip`: false, or why it can't run with a system of its own, whose parts it kills or sets. */
export const withoutOwnSystem =
  withoutBrowser ||
  (delivered ? 'the system of TASKS_URL is tested: this one needs one of its own' : withoutPostgres);

/** For a test's `skip`: false, or why there is no system to test. */
export const withoutSystem = withoutBrowser || (!delivered && withoutPostgres);

/** A page, its API, and a browser to look at it. */
export interface System {
  url: string;
  apiUrl: string;
  browser: Browser;
}

/** The system of `TASKS_URL` and `TASKS_API_URL`, or one that ends with its owner. */
export async function findSystem(owner: Owner): Promise<System> {
  return delivered ? { ...delivered, browser: await launch(owner) } : startSystem(owner);
}

/** Starts the three services without a gateway: the page calls both APIs across origins. They end with their owner. */
export async function startSystem(
  owner: Owner,
  weatherEnv: Record<string, string> = {},
): Promise<System & { postgres: Postgres }> {
  const postgres = await startPostgres(owner);
  const [{ apis }, weather] = await Promise.all([startApi(owner, postgres), startWeather(owner, weatherEnv)]);
  const api = apis[0]!;
  const web = await startWeb(owner, {
    API_URL: api.url,
    PUBLIC_API_URL: api.url,
    PUBLIC_WEATHER_URL: weather.url,
  });
  return { url: web.url, apiUrl: api.url, postgres, browser: await launch(owner) };
}

async function launch(owner: Owner): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];
  const quiet = ['--disable-background-networking', '--disable-component-update'];
  const browser = await chromium.launch({ executablePath, args: [...args, ...quiet] });
  owner.after(() => browser.close());
  return browser;
}
