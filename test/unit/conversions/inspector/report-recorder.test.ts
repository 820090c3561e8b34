import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Account } from '../../../../src/catalog/definitions.ts';
import {
  type Note,
  ReportRecorder,
  storedReport,
} from '../../../../src/conversions/inspector/report-recorder.ts';
import {
  CUT,
  decodeReport,
  RAW_LENGTH_MAX,
  type StoredReport,
} from '../../../../src/conversions/inspector/stored-report.ts';
import { ConversionError } from '../../../../src/conversions/receive/conversion-error.ts';
import { postbackSecret } from '../../../../src/conversions/receive/postback-secrets.ts';
import type { RedisClient } from '../../../../src/platform/redis.ts';
import { keysOf } from '../../../support/installation-keys.ts';

const account = { account_id: 'acc_1', ip_storage: 'truncated', status: 'active' } as Account;
const offer = { account_id: 'acc_1', offer_id: 'off_1' };
const link = { account_id: 'acc_1', offer_id: 'off_1', contact_id: 'contact-77' };
const keys = keysOf();

let written: { key: string; most: number; reports: StoredReport[] }[];
let recorder: ReportRecorder;

beforeEach(() => {
  written = [];
  const redis = {
    status: 'ready',
    defineCommand() {},
    src_conversions_inspector_keep_reports: async (_count: number, key: string, ...args: unknown[]) => {
      const reports = args.slice(3).map((text) => decodeReport(String(text)) as StoredReport);
      written.push({ key, most: Number(args[0]), reports });
    },
  };
  recorder = new ReportRecorder(redis as unknown as RedisClient, {
    contact_key: 'key',
    keys: { ...keys, fresh: async () => {} } as never,
    sources: {
      account: async (id: string) => (id === 'acc_1' ? account : null),
      offer: async (_account: string, id: string) => (id === 'off_1' ? offer : null),
      offerOwner: async (id: string) => (id === 'off_1' ? 'acc_1' : null),
      link: async (id: string) => (id === 'abc1234' ? link : null),
      message: async () => null,
    } as never,
  });
});

afterEach(() => void vi.restoreAllMocks());

const refused = (query: string, more: Partial<Note> = {}): Note => ({
  ...{ channel: 'offer', method: 'get', ip: '192.0.2.77', query, content_type: '', outcome: 'refused' },
  ...{ status: 403, answer: { error: 'wrong_secret', message: 'postback_secret is not the secret' } },
  given: Object.fromEntries(new URLSearchParams(query)),
  ...more,
});
const secret = postbackSecret(keys, offer as never);

it('keeps what a stranger sends apart from what proves a secret', async () => {
  recorder.note(refused('offer_id=off_1&postback_secret=wrong'));
  recorder.note(refused(`offer_id=off_1&postback_secret=${secret}&event=nothing`));
  recorder.note(refused('link_id=abc1234', { outcome: 'accepted', status: 200 }));
  recorder.note(refused('link_id=abc1234', { outcome: 'duplicate', status: 200 }));
  await recorder.flush();
  expect(written.map(({ key, most, reports }) => [key, most, reports.length])).toEqual([
    ['reports_unproven:acc_1:off_1', 200, 2],
    ['reports:acc_1:off_1', 1_000, 2],
  ]);
  expect(JSON.stringify(written)).not.toContain(secret);
});

it('finds whose a report is that could not be read, and keeps none of nobody', async () => {
  recorder.note(refused('offer_id=off_1&txn_id=a&txn_id=b', { given: undefined }));
  recorder.note(refused('', { given: undefined, body: Buffer.from('{"offer_id":"off_1","txn_id":1}') }));
  recorder.note(refused('offer_id=off_none'));
  recorder.note(refused('click_id=made-up'));
  await recorder.flush();
  expect(written.flatMap(({ reports }) => reports)).toHaveLength(2);
});

it('keeps the address as ip_storage says, and a fingerprint of the contact', async () => {
  recorder.note(refused('link_id=abc1234'));
  await recorder.flush();
  const [report] = written[0]?.reports ?? [];
  expect(report).toMatchObject({ address: '192.0.2.0', contacts: [expect.stringMatching(/^[\w-]{22}$/)] });
  expect(JSON.stringify(report)).not.toContain('contact-77');
});

// Without a secret, twenty reports of one link are kept with what counts.
it('keeps a share of a flood, and leaves room beside what is refused', async () => {
  for (let i = 0; i < 100; i++) recorder.note(refused('offer_id=off_1'));
  for (let i = 0; i < 100; i++) recorder.note(refused('link_id=abc1234', { outcome: 'accepted' }));
  await recorder.flush();
  expect(written.map(({ reports }) => reports.length)).toEqual([30, 20]);
});

it('keeps a share of an upload: what failed, and the first lines', async () => {
  // Shares are of a minute, which does not end between the two.
  vi.spyOn(Date, 'now').mockReturnValue(1_764_500_000_000);
  const failed = new ConversionError('invalid_conversion', 'event is one of …');
  const lines = Array.from({ length: 250 }, (_, i) => i);
  const results = lines.map((i) => (i % 2 === 0 ? failed : { conversion_id: `cnv_${i}` }));
  recorder.noteMany(
    account,
    lines.map(() => ({ offer_id: 'off_1' })),
    results,
  );
  recorder.noteMany(
    account,
    lines.map(() => ({ offer_id: 'off_1' })),
    results,
  );
  await recorder.flush();
  const outcomes = written.flatMap(({ reports }) => reports.map(({ outcome }) => outcome));
  expect(outcomes.filter((outcome) => outcome === 'refused')).toHaveLength(20);
  expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(3);
});

it('cuts what is long, visibly, and does not take it for what came', () => {
  const long = 'x'.repeat(5_000);
  const note = { ...refused(`txn_id=${long}`), received_at_ms: 1_764_500_000_000 };
  const owner = { account, offer_id: '', secrets: [], proven: false, contacts: [] };
  const report = storedReport(note, owner);
  expect(report.query).toHaveLength(RAW_LENGTH_MAX + CUT.length);
  expect(report.query.endsWith(CUT)).toBe(true);
  expect(report.read_cut).toBe(true);
});
