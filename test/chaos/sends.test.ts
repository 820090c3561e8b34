/** A sender that repeats what was not answered: every message has one set of links and counts one send. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CreatedMessage, createCampaign, createSender, type Sender } from '../support/sender.ts';
import { untilSettled } from '../support/settled.ts';
import { type System, startSystem } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

const MESSAGES = 3_000;
const PART = 500;
const VICTIMS = ['redis', 'api', 'worker-1', 'redis', 'clickhouse', 'api'];
const TRIES_MAX = 200;
const RETRY_MS = 100;

let system: System;
let sender: Sender;

beforeAll(async () => {
  system = await startSystem();
  sender = await createSender(system);
});

afterAll(() => system?.destroy());

/** One request; whatever of its answer came. */
async function post(messages: object[]): Promise<CreatedMessage[]> {
  let text = '';
  try {
    const response = await fetch(`${system.api_url}/v2/messages`, {
      method: 'POST',
      headers: { 'x-api-key': sender.api_key, 'content-type': 'application/x-ndjson' },
      body: messages.map((message) => `${JSON.stringify(message)}\n`).join(''),
    });
    if (response.status !== 200) return [];
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? [])
      text += decoder.decode(chunk as Uint8Array, { stream: true });
  } catch {
    // The API or its connection was killed: what came before still counts.
  }
  const whole = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean);
  return whole.map((line) => JSON.parse(line)).filter((answer) => answer.error === undefined);
}

it('counts every message once while every process is killed', async () => {
  const { creative_ids } = await createCampaign(sender, 'Sends');
  const message = (i: number): object => ({
    message_id: `s${i}`,
    contact_id: `c${i}`,
    creative_id: creative_ids[0],
    fields: { first_name: 'A' },
  });
  const links = new Map<string, string>();
  let changed = 0;
  const note = (answers: CreatedMessage[]): void => {
    for (const answer of answers) {
      const ids = JSON.stringify(answer.links);
      if ((links.get(answer.message_id) ?? ids) !== ids) changed++;
      links.set(answer.message_id, ids);
    }
  };
  let killing = Promise.resolve();
  for (let from = 0; from < MESSAGES; from += PART) {
    const part = Array.from({ length: PART }, (_, i) => from + i);
    const victim = VICTIMS[from / (2 * PART)];
    if (victim !== undefined) killing = killing.then(() => system.kill(victim));
    for (let tries = 0; part.some((i) => !links.has(`s${i}`)); tries++) {
      if (tries > TRIES_MAX) throw new Error(`messages stay unanswered\n${system.output()}`);
      // Everything again, also what was answered: the links must stay the same.
      note(await post(part.map(message)));
      await new Promise((done) => setTimeout(done, RETRY_MS));
    }
  }
  await killing;
  expect(links.size).toBe(MESSAGES);
  expect(changed).toBe(0);
  expect(new Set(links.values()).size).toBe(MESSAGES);

  // A marker that is sent last: once it is in, so is everything before it.
  await untilSeen('the marker', async () => (await post([message(MESSAGES)])).length, 1);
  await untilSettled(system, 0, MESSAGES + 1);
  const query = 'SELECT count(), uniqExact(message_id) FROM sends';
  const result = await system.clickhouse.query({ query, format: 'JSONCompactEachRow' });
  expect((await result.json<string[]>())[0]?.map(Number)).toEqual([MESSAGES + 1, MESSAGES + 1]);
});
