/** Several workers at once, one of them killed and started on its own, and an orderly stop under load. */
// @long: chaos.test.ts kills workers, supervision.test.ts stops and restarts under taps, in every run.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { planClicks, type Run, runClicks } from '../support/click-plan.ts';
import { createPhones } from '../support/phones.ts';
import { type CreatedMessage, createCampaign, createSender } from '../support/sender.ts';
import { type System, startSystem } from '../support/system.ts';
import { HANGS_AFTER_MS, until } from '../support/until.ts';
import { startWorker } from '../support/worker-process.ts';

const CLICKS = 2_000;
const MESSAGES = 500;
const CONNECTIONS = 32;

let system: System;
let messages: CreatedMessage[];
const answered: string[] = [];

beforeAll(async () => {
  system = await startSystem({ REDIRECT_PROCESSES: '2' });
  const sender = await createSender(system);
  const { creative_ids } = await createCampaign(sender, 'Workers');
  messages = await sender.send(
    Array.from({ length: MESSAGES }, (_, i) => ({
      contact_id: `c${i}`,
      creative_id: creative_ids[0],
      fields: { first_name: 'A' },
    })),
  );
});

afterAll(() => system?.destroy());

async function openLinks(seed: number, progress: (done: number) => void): Promise<Run> {
  const phones = createPhones(system.redirect_url, CONNECTIONS);
  const run = await runClicks(phones, messages, planClicks(seed, CLICKS, MESSAGES), CONNECTIONS, progress);
  phones.close();
  answered.push(...run.answered.map((click) => click.click_id));
  return run;
}

/** Every answered click of the test so far is there, none twice. */
async function expectCounted(): Promise<void> {
  let ids: string[] = [];
  await until(
    async () => {
      const query = 'SELECT click_id FROM clicks';
      const result = await system.clickhouse
        .query({ query, format: 'JSONCompactEachRow' })
        .catch(() => undefined);
      ids = result === undefined ? [] : (await result.json<[string]>()).map(([click_id]) => click_id);
      const there = new Set(ids);
      return answered.every((click_id) => there.has(click_id));
    },
    HANGS_AFTER_MS,
    () => `not all of ${answered.length} clicks arrived\n${system.output()}`,
  );
  expect(new Set(ids).size).toBe(ids.length);
}

it('counts each click once with three workers, two of them killed on the way', async () => {
  const workers = [await startWorker(system), await startWorker(system)];
  let killed = 0;
  const run = await openLinks(11, (done) => {
    // The supervisor of that worker is killed; the worker itself then ends in order.
    if (done === CLICKS / 2) killed += workers[0]?.kill('SIGKILL') ? 1 : 0;
    if (done === (CLICKS * 3) / 4) killed += workers[1]?.kill('SIGTERM') ? 1 : 0;
  });
  expect(killed).toBe(2);
  expect([run.answered.length, run.unanswered, run.wrong]).toEqual([CLICKS, 0, []]);
  await expectCounted();
});

it('loses nothing in an orderly stop and start under load, the stop within ten seconds', async () => {
  let stopping: Promise<number> | undefined;
  let starting: Promise<void> | undefined;
  const run = await openLinks(12, (done) => {
    if (done !== CLICKS / 4) return;
    stopping = system.stop();
    starting = stopping.then(() => system.start());
  });
  expect(await stopping).toBeLessThan(10_000);
  await starting;
  expect([run.answered.length, run.wrong]).toEqual([CLICKS, []]);
  await expectCounted();
});
