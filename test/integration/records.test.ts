/** What ClickHouse makes of sends is what Redis had: each link, each message, whatever their texts hold. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { insertColumns } from '../../src/clickhouse/columns.ts';
import { migrate } from '../../src/clickhouse/migrate.ts';
import { decodeLink, linkKey } from '../../src/links/link.ts';
import { messageSource } from '../../src/messages/message-archive.ts';
import { messageKey, recordOf } from '../../src/messages/message-store.ts';
import type { Send } from '../../src/messages/send.ts';
import { SEND_FIELDS } from '../../src/messages/send-fields.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { isCleanText } from '../../src/platform/text.ts';
import { readRecords } from '../../src/records/record-table.ts';
import { columnsOf, insertOnce } from '../../workers/batch/insert-rows.ts';
import { startClickHouse, type TestClickHouse } from '../support/clickhouse.ts';

const SENDS = 300;
const FAR_S = 4_000_000_000;

let engine: TestClickHouse;

beforeAll(async () => {
  engine = await startClickHouse();
  await migrate(engine.client, createLogger('test', 'silent'));
});
afterAll(() => engine?.stop());

const text = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    fc.string({
      unit: fc.constantFrom('"', '\\', '/', ':', "'", ',', '[', '\u2028', 'é', '😀'),
      minLength: 1,
      maxLength: 8,
    }),
  )
  .filter(isCleanText);
const time = fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 });

const send: fc.Arbitrary<Omit<Send, 'message_id' | 'links'>> = fc.record({
  account_id: fc.constantFrom('acc_1', 'acc_2'),
  contact_id: text,
  creative_id: text,
  campaign_id: fc.oneof(fc.constant(''), text),
  variant_id: fc.oneof(fc.constant(''), text),
  variant_probability: fc.constantFrom(0, 0.25, 1 / 3),
  domain: fc.constantFrom('', 'go.example'),
  sent_at_ms: time,
  logged_at_ms: time,
  fields: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_]{0,9}$/), text, {
    maxKeys: 4,
    noNullPrototype: true,
  }),
  link_expires_at_ms: fc.oneof(fc.constant(0), time),
  is_test: fc.boolean(),
});

it('every link and every message of a send', async () => {
  const drawn = fc.sample(fc.tuple(send, text, fc.array(text, { maxLength: 3 })), {
    numRuns: SENDS,
    seed: 7,
  });
  const sends = drawn.map(
    ([one, name, offers], i): Send => ({
      ...one,
      message_id: `${name}:${i}`,
      links: offers.map((offer_id, at) => ({
        link_key: `link${at + 1}`,
        link_id: `${i}`.padStart(6, '0') + at,
        offer_id,
      })),
    }),
  );
  for (const table of ['sends', 'test_sends'] as const) {
    const own = sends.filter(({ is_test }) => is_test === (table === 'test_sends'));
    await insertOnce({ clickhouse: engine.client }, 'batch', {
      table: `trackly.${table}`,
      columns: insertColumns(SEND_FIELDS),
      rows: own.map((one) => ({ send: one, own_domain: '', batch: 'batch', expires_at_s: FAR_S })),
    });
  }

  const wanted = sends.flatMap(
    ({ links, logged_at_ms, link_expires_at_ms, variant_probability, is_test, ...common }) =>
      links.map((link) => ({
        ...common,
        ...link,
        ...(is_test && { is_test }),
        url: '',
        expires_at_ms: link_expires_at_ms,
        disabled: false,
      })),
  );
  const records = await readRecords(
    engine.client,
    wanted.map(({ link_id }) => linkKey(link_id)),
  );
  expect(records.size).toBe(wanted.length);
  for (const link of wanted) {
    expect(decodeLink(link.link_id, records.get(linkKey(link.link_id)) ?? '')).toEqual(link);
  }
  const keys = sends.map(({ account_id, message_id }) => messageKey(account_id, message_id));
  const messages = await messageSource.read(engine.client, [...keys, messageKey('acc_3', 'nobody')]);
  expect(messages.size).toBe(sends.length);
  for (const [i, one] of sends.entries()) {
    expect(JSON.parse(messages.get(keys[i] ?? '') ?? '')).toEqual(recordOf(one));
  }
});

it('the newest version of a record, and none of one that was removed or is past its time', async () => {
  const rows = [
    { key: 'link:aaaaaaa', value: 'old', version: 1, expires_at: FAR_S },
    { key: 'link:aaaaaaa', value: 'new', version: 2, expires_at: FAR_S },
    { key: 'host:go.brand.example', value: 'acc_1', version: 1, expires_at: FAR_S },
    { key: 'host:go.brand.example', value: '', version: 2, expires_at: FAR_S },
    { key: 'link:bbbbbbb', value: 'gone', version: 1, expires_at: 1_000_000_000 },
  ];
  const columns = columnsOf<(typeof rows)[number]>({
    key: ({ key }) => key,
    value: ({ value }) => value,
    version: ({ version }) => version,
    made_at: () => 1_700_000_000,
    expires_at: ({ expires_at }) => expires_at,
  });
  for (const [i, row] of rows.entries()) {
    const insert = { table: 'trackly.records', columns, rows: [row] };
    await insertOnce({ clickhouse: engine.client }, `record-${i}`, insert);
  }
  const found = await readRecords(engine.client, [
    'link:aaaaaaa',
    'host:go.brand.example',
    'link:bbbbbbb',
    'link:ccccccc',
  ]);
  expect([...found]).toEqual([['link:aaaaaaa', 'new']]);
});
