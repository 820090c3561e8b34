/** `CLICK_ACK=fast` answers without waiting for Redis; the default never does. */
// Own system: it has CLICK_ACK, and Redis stands still.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { LONG } from '../support/long.ts';
import { createPhones, PHONE, type Phones } from '../support/phones.ts';
import { createCampaign, createSender } from '../support/sender.ts';
import { type System, startSystem } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

let system: System;
let phones: Phones;

afterEach(async () => {
  phones?.close();
  await system?.destroy();
});

it.each([
  ['fast', true],
  // The default, which every other test has.
  ...(LONG ? [['durable', false] as const] : []),
] as const)('%s: a redirect while Redis stands still is answered: %s', async (CLICK_ACK, answered) => {
  system = await startSystem({ CLICK_ACK });
  phones = createPhones(system.redirect_url, 4);
  const sender = await createSender(system);
  const { creative_ids } = await createCampaign(sender, CLICK_ACK);
  const [message] = await sender.send([
    { contact_id: 'c', creative_id: creative_ids[0], fields: { first_name: 'A' } },
  ]);
  const link_id = message?.links[0]?.link_id ?? '';
  expect((await phones.open(link_id, PHONE))?.status).toBe(302);

  const processes = JSON.parse(await readFile(join(system.data_dir, 'processes.json'), 'utf8'));
  process.kill(processes.redis, 'SIGSTOP');
  let thawed = false;
  const during = phones.open(link_id, PHONE).then((answer) => ({ status: answer?.status, thawed }));
  try {
    if (answered) expect(await during).toEqual({ status: 302, thawed: false });
    // Long against the time of an answer, short against the patience of a tap.
    else await Promise.race([during, new Promise((done) => setTimeout(done, 500))]);
  } finally {
    thawed = true;
    process.kill(processes.redis, 'SIGCONT');
  }
  expect(await during).toEqual({ status: 302, thawed: !answered });
  const total = async (): Promise<number> =>
    (await sender.call('GET', '/v2/reports/links')).body.totals.clicks_total;
  await untilSeen('clicks in the report', total, 2);
});
