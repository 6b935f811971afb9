import { randomUUID } from 'node:crypto';
import type { BrowserContextOptions, Page } from 'playwright-core';
import type { Owner } from '../weather/testing/instance.ts';
import { eventually } from './condition.ts';
import type { System } from './system.ts';

/** A list of the page, in a browser of its own, as a test drives it. */
export interface Driver {
  page: Page;
  /** Types into the field for new to-dos, and Enter after each. */
  add: (...titles: string[]) => Promise<void>;
  /** Waits until exactly these are shown. */
  shows: (...titles: string[]) => Promise<void>;
  /** Waits for the text of one element. */
  says: (selector: string, text: string) => Promise<void>;
  item: (index: number) => ReturnType<Page['locator']>;
  /** The list as the API has it. */
  stored: () => Promise<{ title: string; completed: boolean }[]>;
  /** What the page's script complained about. */
  errors: string[];
}

/** Opens a list that is nobody else's, or the one named. */
export async function openList(
  owner: Owner,
  system: System,
  { list = `test-${randomUUID()}`, ...options }: { list?: string } & BrowserContextOptions = {},
): Promise<Driver> {
  const context = await system.browser.newContext({ locale: 'en-GB', serviceWorkers: 'block', ...options });
  owner.after(() => context.close());
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`${system.url}/?list=${list}`);
  return { ...drive(page), errors, stored: () => storedList(system, list) };
}

async function storedList(system: System, list: string): Promise<{ title: string; completed: boolean }[]> {
  const response = await fetch(`${system.apiUrl}/l/${list}/todos`);
  const todos = (await response.json()) as { title: string; completed: boolean }[];
  return todos.map(({ title, completed }) => ({ title, completed }));
}

function drive(page: Page) {
  return {
    page,
    add: async (...titles: string[]) => {
      const field = page.locator('.new-todo');
      for (const title of titles) {
        await field.fill(title);
        await field.press('Enter');
      }
    },
    shows: (...titles: string[]) =>
      eventually(() => page.getByTestId('todo-title').allTextContents(), titles),
    says: (selector: string, text: string) =>
      eventually(async () => (await page.locator(selector).textContent())?.trim(), text),
    item: (index: number) => page.getByTestId('todo-item').nth(index),
  };
}
