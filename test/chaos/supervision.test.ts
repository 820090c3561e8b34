/** What the supervisor brings back, and how it restarts without a gap. */
import { request } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { createPhones, PHONE } from '../support/phones.ts';
import { type CreatedMessage, createCampaign, createSender } from '../support/sender.ts';
import { untilSettled } from '../support/settled.ts';
import { type System, startSystem } from '../support/system.ts';
import { until } from '../support/until.ts';

const NAMES = ['redirect-1', 'worker-1', 'api', 'clickhouse', 'redis'];
const MESSAGES = 20;
const TAP_EVERY_MS = 3;

let system: System;
let messages: CreatedMessage[];

afterEach(() => system?.destroy());

async function start(settings: Record<string, string> = {}): Promise<void> {
  system = await startSystem(settings);
  const sender = await createSender(system);
  const { campaign_id, creative_ids } = await createCampaign(sender, 'Supervision');
  messages = await sender.send(
    Array.from({ length: MESSAGES }, (_, i) => ({
      contact_id: `c${i}`,
      campaign_id,
      creative_id: creative_ids[0],
      fields: { first_name: 'Kim' },
    })),
  );
}

const linkOf = (n: number): string => messages[n % MESSAGES]?.links[0]?.link_id ?? '';

async function untilReady(): Promise<void> {
  await until(
    async () => {
      const answers = await Promise.all(
        [`${system.redirect_url}/readyz`, `${system.api_url}/readyz`].map((url) =>
          fetch(url).then(
            ({ status }) => status,
            () => 0,
          ),
        ),
      );
      return answers.every((status) => status === 200);
    },
    15_000,
    () => `not ready:\n${system.output()}`,
  );
}

it.each(NAMES)(
  'brings %s back, killed three times in a row, and frozen',
  async (name) => {
    await start();
    for (let i = 0; i < 3; i++) {
      await system.kill(name);
      await untilReady();
    }
    const frozen = await system.pid(name);
    process.kill(frozen, 'SIGSTOP');
    await until(
      async () => (await system.pid(name)) !== frozen,
      10_000,
      () => `${name} is still frozen`,
    );
    await untilReady();
    const phones = createPhones(system.redirect_url, 4);
    let answered = 0;
    await until(
      async () => {
        if ((await phones.open(linkOf(answered), PHONE))?.status === 302) answered++;
        return answered === MESSAGES;
      },
      10_000,
      () => `${answered} taps were answered`,
    );
    phones.close();
    await untilSettled(system, answered, MESSAGES);
  },
  90_000,
);

/** One tap on a connection of its own; '302', another status, or the error's code. */
function tap(n: number): Promise<string> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(system.redirect_url);
    const call = request({ hostname, port, path: `/${linkOf(n)}`, agent: false }, (response) => {
      response.resume();
      response.once('end', () => resolve(String(response.statusCode)));
    });
    call.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    call.end();
  });
}

it.each(['1', '2'])(
  'SIGHUP restarts %s redirect processes one after the other, and no request fails',
  async (n) => {
    await start({ REDIRECT_PROCESSES: n });
    const names = Array.from({ length: Number(n) }, (_, i) => `redirect-${i + 1}`);
    const before = await Promise.all([...names, 'worker-1'].map((name) => system.pid(name)));
    const taps: Promise<string>[] = [];
    const tapping = setInterval(() => taps.push(tap(taps.length)), TAP_EVERY_MS);
    process.kill(system.supervisor_pid(), 'SIGHUP');
    await until(
      () => system.output().includes('the rolling restart is done'),
      60_000,
      () => `it is not done:\n${system.output()}`,
    );
    clearInterval(tapping);
    const answers = await Promise.all(taps);
    const after = await Promise.all([...names, 'worker-1'].map((name) => system.pid(name)));
    expect(after.filter((pid, i) => pid === before[i])).toEqual([]);
    expect(answers.filter((answer) => answer !== '302')).toEqual([]);
    expect(answers.length).toBeGreaterThan(100);
    await untilSettled(system, answers.length, MESSAGES);
  },
  120_000,
);
