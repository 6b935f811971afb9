import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { startApi } from '../api/testing/api.ts';
import { type Postgres, startPostgres, withoutPostgres } from '../api/testing/postgres.ts';
import { type Owner, type Running, startServer as startWeather } from '../weather/testing/instance.ts';
import { startServer as startWeb } from '../web/testing/instance.ts';

const executablePath = '/usr/bin/chromium';

/** For a test's `skip`: false, or why it can't run. */
export const withoutSystem = existsSync(executablePath)
  ? withoutPostgres
  : `no Chromium here (Debian: apt install chromium)`;

/** The three services as one system, without a gateway: the page calls both APIs across origins. */
export interface System {
  url: string;
  api: Running;
  postgres: Postgres;
  weather: Running;
  browser: Browser;
}

/** Starts all of it; it ends with its owner. */
export async function startSystem(owner: Owner, weatherEnv: Record<string, string> = {}): Promise<System> {
  const postgres = await startPostgres(owner);
  const [{ apis }, weather] = await Promise.all([startApi(owner, postgres), startWeather(owner, weatherEnv)]);
  const api = apis[0]!;
  const web = await startWeb(owner, {
    API_URL: api.url,
    PUBLIC_API_URL: api.url,
    PUBLIC_WEATHER_URL: weather.url,
  });
  return { url: web.url, api, postgres, weather, browser: await launch(owner) };
}

async function launch(owner: Owner): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];
  const quiet = ['--disable-background-networking', '--disable-component-update'];
  const browser = await chromium.launch({ executablePath, args: [...args, ...quiet] });
  owner.after(() => void browser.close());
  return browser;
}
