import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Overview } from '../../../src/server/api/types.ts';
import { StandIn } from './stand-in.ts';

const CHROMIUM = '/usr/bin/chromium';
const ROOT = path.join(import.meta.dirname, '..', '..', '..');
const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
];

/** Why the tests in a browser are skipped; false where they run. */
export const NO_BROWSER = existsSync(CHROMIUM) ? false : `no ${CHROMIUM} here (apt-get install chromium)`;

/** A real browser; whoever asks for it closes it. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

export interface Visit {
  page: Page;
  server: StandIn;
  /** Closes both; throws if the browser complained of anything (errors, what the policy forbids). */
  close: () => Promise<void>;
}

export interface VisitOptions {
  first: Overview;
  /** What is looked at first: the part of the address after `#`. */
  hash?: string;
  locale?: string;
  scheme?: 'light' | 'dark';
  width?: number;
  reducedMotion?: boolean;
  /** Complaints that belong to the test. */
  expect?: RegExp;
  prepare?: (server: StandIn) => void;
}

/** The page as it is built for people, and a browser to look at it. */
export class Sight {
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'escale-dashboard-'));
  private readonly servers: StandIn[] = [];
  private browser: Browser | null = null;

  async open(): Promise<void> {
    const vite = path.join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
    const words = ['build', path.join(ROOT, 'dashboard'), '--outDir', this.folder, '--emptyOutDir'];
    execFileSync(process.execPath, [vite, ...words, '--logLevel', 'error'], { cwd: tmpdir() });
    this.browser = await launchBrowser();
  }

  async close(): Promise<void> {
    await this.browser?.close();
    for (const server of this.servers) await server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async visit(options: VisitOptions): Promise<Visit> {
    const { first, hash = '', locale = 'en-GB', scheme = 'light', width = 1280 } = options;
    const { reducedMotion, expect } = options;
    const server = new StandIn(this.folder, first);
    this.servers.push(server);
    options.prepare?.(server);
    const address = await server.listen();
    const context = await this.browser!.newContext({
      ...{ locale, colorScheme: scheme, viewport: { width, height: 800 } },
      reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const complaints = await listen(page);
    await page.goto(`${address}/${hash}`);
    const close = async () => {
      await context.close();
      await server.close();
      const unexpected = complaints.filter((text) => !expect?.test(text));
      if (unexpected.length > 0) throw new Error(`the browser complained:\n${unexpected.join('\n')}`);
    };
    return { page, server, close };
  }
}

/** What the browser complains of, while it does. */
async function listen(page: Page): Promise<string[]> {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`${dialog.type()}: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.addInitScript(
    "addEventListener('securitypolicyviolation', (e) => console.error('policy: ' + e.violatedDirective))",
  );
  return complaints;
}

/** Tabs until the element with this name (its `aria-label` or text) has the focus. */
export async function tabTo(page: Page, name: string): Promise<void> {
  for (let step = 0; step < 80; step++) {
    await page.keyboard.press('Tab');
    if ((await focusedName(page)) === name) return;
  }
  throw new Error(`Tab never reaches "${name}"`);
}

export function focusedName(page: Page): Promise<string> {
  return page.evaluate<string>(
    "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent",
  );
}
