import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { LogLine as ReadLine } from '../../dashboard/src/api/types.ts';
import type { LogLine } from '../../src/core/contracts/index.ts';
import type { Overview, ResourceView, RunView } from '../../src/server/api/types.ts';
import { NO_BROWSER, Sight, tabTo } from './dashboard/browser.ts';
import { call, event, job, picture, resource, run, service, tasks } from './dashboard/pictures.ts';

/** What the server writes is what the page reads: checked by the compiler. */
export const readsLines: (line: LogLine) => ReadLine = (line) => line;
const sight = new Sight();
const EVIL = '<img src=x onerror=alert(1)>';
const TASKS = '/api/systems/tasks/environments/local';

describe('resources, jobs and calls on the live page', { skip: NO_BROWSER }, () => {
  before(() => sight.open());
  after(() => sight.close());

  test('a resource is told whole: what it is, who uses it, what it takes', async () => {
    const { page, close } = await sight.visit({ first: picture({ systems: [tasks()] }) });
    const row = page.getByRole('article', { name: 'db' });
    await row.waitFor();
    assert.match(
      await row.innerText(),
      /db\s+Ready\s+postgres[\s\S]*Used by\s+api, migrate\s+On disk\s+48 MB\s+Memory\s+31 MB\s+CPU\s+1\.2%\s+Up for\s+42m\s+Port\s+20100/,
    );
    await close();
  });

  const reason = 'nothing listens on 127.0.0.1:20100';
  const states: [Partial<ResourceView>, english: RegExp, french: RegExp][] = [
    [
      { state: 'starting', reason: 'is recovering after a crash' },
      /Starting[\s\S]*It does not answer yet · is recovering after a crash/,
      /Démarre[\s\S]*Elle ne répond pas encore · se rétablit après un plantage/,
    ],
    [
      { state: 'unready', reason },
      /Not ready[\s\S]*It does not answer · nothing listens on 127/,
      /Pas prête[\s\S]*Elle ne répond pas · rien n’écoute sur 127/,
    ],
    [{ state: 'stopping' }, /Stopping[\s\S]*It is being stopped/, /S’arrête[\s\S]*en train d’être arrêtée/],
    [{ state: 'stopped', port: null }, /Stopped[\s\S]*It is stopped/, /Arrêtée[\s\S]*Elle est arrêtée/],
    [
      { state: 'unready', external: true, reason: 'refuses the password of ada', usedBy: [] },
      /exists elsewhere[\s\S]*refuses the password of ada[\s\S]*Used by\s+nobody/,
      /existe ailleurs[\s\S]*refuse le mot de passe de ada[\s\S]*Utilisée par\s+personne/,
    ],
  ];
  for (const [locale, index] of [
    ['en-GB', 1],
    ['fr-FR', 2],
  ] as const)
    test(`a resource that is not ready is said to be that, with its reason (${locale})`, async () => {
      const { page, server, close } = await sight.visit({ first: picture(), locale });
      for (const [more, ...texts] of states) {
        server.show(picture({ systems: [tasks({ resources: [resource('db', more)] })] }));
        const row = page.getByRole('article', { name: 'db' });
        await row
          .getByText(texts[index - 1]!.source.split(/\\s|\[/)[0]!)
          .first()
          .waitFor();
        assert.match(await row.innerText(), texts[index - 1]!);
      }
      await close();
    });

  test('a service that waits for a database says so', async () => {
    const system = tasks();
    const waitsFor = `waits for db: ${reason}`;
    system.services[1] = service('api', { wanted: 2, waitsFor });
    // What runs goes on: the chart says what it lacks.
    system.services[2] = { ...system.services[2]!, waitsFor };
    for (const [locale, text] of [
      ['en-GB', `Not started yet · waits for db: ${reason}`],
      ['fr-FR', 'Pas encore démarré · attend db : rien n’écoute sur 127.0.0.1:20100'],
    ] as const) {
      const { page, close } = await sight.visit({ first: picture({ systems: [system] }), locale });
      const row = page.getByRole('article', { name: 'api' });
      await row.waitFor();
      assert.ok((await row.innerText()).includes(text), text);
      assert.equal(await page.locator('.trouble').count(), 1);
      await close();
    }
  });

  test('a job says when it runs, next and last, and how each run went', async () => {
    const failed = run('t3', {
      ...{ state: 'failed', reason: 'exited with code 3', exitCode: 3 },
      cause: 'person',
    });
    const skipped = run('t2', {
      ...{ state: 'skipped', reason: 'the run before it still goes on', exitCode: null },
      ...{ startedAt: null, instance: null },
    });
    const tidy = { ...tasks().jobs[1]!, runs: [failed, skipped, run('t1')] };
    const systems = [tasks({ jobs: [tasks().jobs[0]!, tidy] })];
    const { page, close } = await sight.visit({ first: picture({ systems }) });
    const row = page.getByRole('article', { name: 'tidy' });
    assert.match(await row.innerText(), /0 3 \* \* \*\s+Europe\/Paris/);
    assert.match(await row.innerText(), /Next\s+in (4|5) hrs?\.? \(.*\d\d:\d\d:\d\d\)/);
    assert.match(await row.innerText(), /Last run\s+Failed\s+exited with code 3 · 3 hr\.? ago · 2\.3s/);
    const table = row.getByRole('table', { name: 'Last runs of tidy, newest first' });
    const rows = await table.getByRole('row').allInnerTexts();
    assert.equal(rows.length, 4);
    assert.match(rows[1]!, /Failed\s+exited with code 3\s+a person\s+3 hr\.? ago\s+2\.3s\s+3\s+Log/);
    assert.match(
      rows[2]!,
      /Skipped\s+the run before it still goes on\s+its schedule\s+3 hr\.? ago\s+none\s+none/,
    );
    const migrate = page.getByRole('article', { name: 'migrate' });
    assert.match(await migrate.innerText(), /before each deploy[\s\S]*Last run\s+Succeeded/);
    await close();
  });

  test('the lines of a run are read when asked for, and again', async () => {
    const { page, server, close } = await sight.visit({
      first: picture({ systems: [tasks()] }),
      expect: /503/,
    });
    const row = page.getByRole('article', { name: 'migrate' });
    await row.getByText('1 last run', { exact: true }).click();
    const button = row.getByRole('button', { name: 'Log of tasks-job-m1' });
    await button.click();
    const asked = await server.nextAsked();
    assert.deepEqual(
      [asked.path, asked.body],
      [`${TASKS}/logs`, { service: 'migrate', instance: 'tasks-job-m1', tail: 500 }],
    );
    await row.getByText('Reading its lines…').waitFor();
    asked.line(line('3 migrations'));
    asked.line(line('oh <b>no</b>\u202e', 'err'));
    asked.end();
    const log = row.getByRole('region', { name: 'What tasks-job-m1 wrote' });
    await log.getByText('oh <b>no</b>\ufffd').waitFor();
    assert.equal(await log.locator('.line').count(), 2);
    await log.getByRole('button', { name: 'Read again' }).click();
    (await server.nextAsked()).json(503, {
      error: { code: 'process-away', message: 'the supervisor is away' },
    });
    await log.getByText('the supervisor is away').waitFor();
    await log.getByRole('button', { name: 'Read again' }).click();
    (await server.nextAsked()).end();
    await log.getByText('No line of it is kept.').waitFor();
    await button.click();
    assert.equal(await log.count(), 0);
    await close();
  });

  test('a job is run by keyboard alone, and its end is told', async () => {
    const { page, server, close } = await sight.visit({ first: picture({ systems: [tasks()] }) });
    await page.getByRole('article', { name: 'tidy' }).waitFor();
    await tabTo(page, 'Run tidy now');
    await page.keyboard.press('Enter');
    const asked = await server.nextAsked();
    assert.equal(asked.path, `${TASKS}/jobs/tidy/run`);
    assert.equal(await page.getByRole('button', { name: 'Run tidy now' }).isDisabled(), true);
    asked.json(200, {
      ...run('person-1', { state: 'waiting' }),
      system: 'tasks',
      environment: 'local',
      job: 'tidy',
    });
    const card = page.getByRole('article', { name: 'Run tidy now' });
    await card.getByText('Under way').waitFor();
    const begun: Partial<RunView> = { cause: 'person', startedAt: Date.now(), exitCode: null };
    server.show(withRun(run('person-1', { ...begun, state: 'running', reason: '', endedAt: null })));
    await page.getByRole('article', { name: 'tidy' }).getByText('Running').first().waitFor();
    server.show(withRun(run('person-1', { ...begun, state: 'succeeded', endedAt: Date.now() })));
    await card.getByText('Done in').waitFor();
    await page.getByRole('status').getByText('Run tidy now: Done in').waitFor();
    await close();
  });

  test('a run that fails says why, in the language of the reader', async () => {
    for (const [locale, button, texts] of [
      ['en-GB', 'Run tidy now', ['Failed', 'exited with code 3']],
      ['fr-FR', 'Lancer tidy maintenant', ['Échec', 'est sortie avec le code 3']],
    ] as const) {
      const { page, server, close } = await sight.visit({ first: picture({ systems: [tasks()] }), locale });
      await page.getByRole('button', { name: button }).click();
      (await server.nextAsked()).json(200, run('person-1', { state: 'waiting' }));
      const failed = { state: 'failed', reason: 'exited with code 3', exitCode: 3 } as const;
      server.show(withRun(run('person-1', failed)));
      const card = page.getByRole('article', { name: button });
      for (const text of texts) await card.getByText(text, { exact: true }).waitFor();
      await close();
    }
  });

  test('who needs whom is a list, and what would fail stands out', async () => {
    const calls = [
      call('web', 'api', { problem: 'no instance of api is ready' }),
      call('web', 'images/api'),
      call('api', 'db', { kind: 'resource', problem: `db: ${reason}` }),
      call('migrate', 'db', { kind: 'resource' }),
    ];
    for (const [locale, name, whole, why] of [
      [
        'en-GB',
        'Who needs whom',
        /^web service needs api service would fail now · no instance of api is ready/,
        `db: ${reason}`,
      ],
      [
        'fr-FR',
        'Qui a besoin de qui',
        /^web service a besoin de api service échouerait à présent · aucune instance/,
        'db : rien n’écoute',
      ],
    ] as const) {
      const { page, close } = await sight.visit({ first: picture({ systems: [tasks({ calls })] }), locale });
      const chart = page.getByRole('list', { name });
      await chart.waitFor();
      const rows = await chart.locator(':scope > li').allTextContents();
      assert.equal(rows.length, 3);
      assert.match(rows[0]!.replaceAll(/\s+/g, ' '), whole);
      await chart.getByText(why).waitFor();
      assert.equal(await chart.locator('.line-broken').count(), 2);
      await close();
    }
  });

  test('the log tells what jobs and data come to, good news from bad', async () => {
    const told: [type: string, message: string, french: string, tone: string][] = [
      ['job-succeeded', 'exited with code 0', 'est sortie avec le code 0', 'go'],
      ['job-failed', 'took longer than 60 s and was ended', 'a duré plus de 60 s et a été terminée', 'stop'],
      ['job-lost', 'was ended by SIGKILL: it is run again', 'par SIGKILL : elle est relancée', 'stop'],
      ['job-skipped', 'the run before it still goes on', 'l’exécution précédente dure encore', 'note'],
      ['data-deleted', 'what its databases and volumes kept was removed', 'gardaient a été supprimé', 'note'],
    ];
    const events = told.map(([type, message], index) => event(index + 1, { type, message, instance: '' }));
    const { page, close } = await sight.visit({ first: picture({ events }), locale: 'fr-FR' });
    const lines = page.getByRole('list', { name: 'Journal' }).getByRole('listitem');
    await lines.nth(4).waitFor();
    for (const [index, [, , french, tone]] of told.toReversed().entries()) {
      assert.ok((await lines.nth(index).innerText()).includes(french), french);
      assert.match((await lines.nth(index).getAttribute('class'))!, new RegExp(`event-${tone}$`));
    }
    assert.equal(await lines.locator('[lang=en]').count(), 0);
    await close();
  });

  test('is in French for those who read French, whole', async () => {
    const { page, close } = await sight.visit({ first: picture({ systems: [tasks()] }), locale: 'fr-CA' });
    await page.getByRole('article', { name: 'tidy' }).waitFor();
    await page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true");
    const text = await page.getByRole('main').innerText();
    assert.doesNotMatch(
      text,
      /\b(Ready|Resources?|Used|Look|Jobs?|before|Next|Last|Succeeded|Run|needs|Log|Took|schedule)\b/,
    );
    await close();
  });

  for (const [locale, first] of [
    ['en-GB', picture({ systems: [tasks()] })],
    ['fr-FR', hostile()],
  ] as const)
    test(`fits 360 px (${locale})`, async () => {
      const { page, close } = await sight.visit({ first, locale, width: 360 });
      await page.locator('.chart').waitFor();
      await page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true");
      const wider = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      assert.equal(await page.evaluate(wider), 0);
      await close();
    });

  test('names and reasons from elsewhere are text and nothing else', async () => {
    const { page, close } = await sight.visit({ first: hostile() });
    await page.getByRole('article', { name: EVIL }).first().waitFor();
    assert.equal(await page.locator('img, iframe, script:not([src])').count(), 0);
    const text = await page.locator('body').innerText();
    assert.doesNotMatch(text, /[\u202a-\u202e\u2066-\u2069\u001b]/);
    await close();
  });
});

function hostile(): Overview {
  const long = `${'very-long-'.repeat(20)}\u202Egnp.exe`;
  const reason = `\u001b[31m<script>alert(2)</script>${long}`;
  const schedule = { cron: long, timeZone: EVIL, overlap: true };
  const runs = [run(long, { state: 'failed', reason, instance: long }), run(EVIL)];
  return picture({
    systems: [
      tasks({
        resources: [resource(EVIL, { type: long, state: 'unready', reason, usedBy: [long, EVIL] })],
        jobs: [job(EVIL, { schedule, runs }), job(long)],
        calls: [call(EVIL, long, { problem: reason }), call(long, EVIL, { kind: 'resource' })],
      }),
    ],
  });
}

function withRun(one: RunView): Overview {
  const [migrate, tidy] = tasks().jobs;
  return picture({ systems: [tasks({ jobs: [migrate!, { ...tidy!, runs: [one, ...tidy!.runs] }] })] });
}

function line(text: string, stream: LogLine['stream'] = 'out'): LogLine {
  return { at: Date.now(), service: 'migrate', instance: 'tasks-job-m1', release: 4, stream, text };
}
