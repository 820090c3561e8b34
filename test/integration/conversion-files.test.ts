/** Files of conversions: uploaded all or none, sent again, taken back; and compared with what was booked. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoredReconciliation } from '../../src/conversions/reconciliations/store.ts';
import type { ShownUpload } from '../../src/conversions/uploads/upload.ts';
import { connectRedis, probeRedis, type RedisClient, untilReady } from '../../src/platform/redis.ts';
import { startOfDate } from '../../src/reports/report-range.ts';
import { createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';
import { SAMPLES } from '../unit/conversions/exports/header-lines.ts';

const DAY_MS = 24 * 3_600_000;
const TODAY_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS;
/** Year, month and day; lists are of the last 30 days unless told. */
const dateBefore = (days: number): string[] =>
  new Date(TODAY_MS - days * DAY_MS).toISOString().slice(0, 10).split('-');
/** Days back to the later of two dates of which nobody can take the day for the month. */
const AGO =
  Array.from({ length: 20 }, (_, i) => i + 2).find((days) =>
    [days, days + 1].every((one) => Number(dateBefore(one)[2]) > 12),
  ) ?? Number.NaN;

let system: System;
let sender: Sender;
let redis: RedisClient;
let offers = 0;

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
  redis = connectRedis(await probeRedis(await system.redis_url()), 'fast');
  await untilReady(redis, 5_000);
});
afterAll(async () => {
  redis?.disconnect();
  await system?.destroy();
});

/** An offer with a coupon, by which its conversions are credited at once. */
async function newOffer(settings: object = {}): Promise<{ offer_id: string; code: string }> {
  const code = `FILE${offers++}`;
  const { body } = await sender.call('POST', '/v2/offers', {
    name: code,
    destination_url: 'https://shop.example/',
    coupon_codes: [code],
    ...settings,
  });
  return { offer_id: body.offer_id, code };
}

interface Answered<Body> {
  status: number;
  body: Body;
}

async function post<Body>(
  path: string,
  text: string | Buffer,
  headers: Record<string, string> = {},
): Promise<Answered<Body>> {
  const answer = await fetch(`${system.api_url}${path}`, {
    method: 'POST',
    headers: { 'x-api-key': sender.api_key, 'content-type': 'text/csv', ...headers },
    body: typeof text === 'string' ? text : new Uint8Array(text),
  });
  return { status: answer.status, body: (await answer.json()) as Body };
}

interface Refused {
  error: string;
  message: string;
  failed: number;
  errors: { line: number; error: string; message: string }[];
}
type Uploaded = ShownUpload & Refused;

const upload = (csv: string | Buffer, query = '', key?: string): Promise<Answered<Uploaded>> =>
  post(`/v2/conversions${query}`, csv, key === undefined ? {} : { 'idempotency-key': key });

/** Conversions and revenue of an offer, as the list has them. */
async function bookedOf(offer_id: string): Promise<[conversions: number, revenue: string]> {
  const { body } = await sender.call('GET', `/v2/conversions?offer_id=${offer_id}&status=attributed`);
  const rows = body.rows.filter(({ event }) => event !== 'void');
  const cents = rows.reduce((sum, { revenue }) => sum + Math.round(Number(revenue) * 100), 0);
  return [rows.length, (cents / 100).toFixed(2)];
}

const untilBooked = (offer_id: string, wanted: [number, string]): Promise<unknown> =>
  untilSeen('the bookings', () => bookedOf(offer_id), wanted);

const readUpload = async (upload_id: string) =>
  (await sender.call('GET', `/v2/conversions/uploads/${upload_id}`)).body;

describe('an uploaded file', () => {
  it('counts whole, or not at all with every wrong line named, and once when it is mended', async () => {
    const { offer_id, code } = await newOffer();
    const good = Array.from({ length: 600 }, (_, i) => `${code},${i}.00,a-${i}`).join('\n');
    const wrong = `Code,revenue,txn_id\n${good}\n${code},1,234.56,b-1\n${code},much,b-2\n,,\nTotal,10.00,\nNOPE,1,b-3\n`;
    const uploads = async () =>
      ((await sender.call('GET', '/v2/conversions/uploads')).body as { total: number }).total;
    const before = await uploads();
    const { status, body } = await upload(wrong);
    expect([status, body.failed]).toEqual([400, 3]);
    expect(body.message).toContain('nothing was stored');
    expect(body.errors).toMatchObject([
      { line: 602, message: expect.stringContaining('it has 4 values, more values than the 3 columns') },
      { line: 603, message: expect.stringContaining('revenue is "much"') },
      { line: 605, message: expect.stringContaining('row of totals') },
    ]);
    expect(await uploads()).toBe(before);
    const mended = `Code,revenue,txn_id\n${good}\n${code},"1,234.56",b-1\n${code},2,b-2\n,,\nNOPE,1,b-3\n`;
    expect(await upload(mended, '?file_name=november.csv')).toMatchObject({
      status: 200,
      body: {
        ...{ state: 'recorded', lines: 603, accepted: 603, duplicates: 0, unattributed: 1, skipped: 1 },
        file_name: 'november.csv',
        ignored_columns: [],
      },
    });
    expect((await upload(mended)).body).toMatchObject({ accepted: 0, duplicates: 603 });
    const rows = async () =>
      (await sender.call('GET', `/v2/conversions?offer_id=${offer_id}&status=attributed&per_page=1`)).body
        .total_rows;
    await untilSeen('the bookings', rows, 602);
  });

  it.each([
    ['a broken quote', 'code,revenue\nX,1\nX,"2\nX,3\n', /Quote Not Closed/],
    [
      'a late byte that is no UTF-8',
      Buffer.from(`code,revenue,txn_id\n${'X,1,a\n'.repeat(9_000)}X,1,\xe9\n`, 'latin1'),
      /not UTF-8/,
    ],
    ['a NUL', 'code,revenue,txn_id\nX,1,a\0b\n', /NUL/],
    ['an offer of nobody', 'code,offer_id,revenue\nX,off_none,1\n', /offer_id is not/],
  ])('is refused with %s', async (_name, csv, message) => {
    const { status, body } = await upload(csv);
    expect(status).toBe(400);
    expect(body.errors.at(-1)?.message).toMatch(message);
  });

  it.each([
    ['', 'code,payout,Sale Amount\nX,1,2\n', /"payout" or "Sale Amount".*revenue_column=payout/],
    ['', 'name,revenue\nX,1\n', /one of them click_id.*"name", "revenue"/],
    ['', 'code,revenue,ts\nX,1,05/11/2026\n', /day or the month/],
    ['', 'code,revenue\nX,"1,049"\n', /decimal=/],
    ['?tz=Berlin', 'code,revenue\nX,1\n', /tz is not a time zone/],
    ['?revenue_column=Amt', 'code,amount\nX,1\n', /no such column/],
    ['?revenu_column=amount', 'code,amount\nX,1\n', /revenu_column/],
    ['', '', /empty/],
  ])('is refused as a whole where it can not be read as it was meant: %s %j', async (query, csv, message) => {
    const { status, body } = await upload(csv, query);
    expect([status, body.error]).toEqual([400, 'invalid_request']);
    expect(body.message).toMatch(message);
  });

  it('may be one of leads without an amount, or have its own names, separators and notation', async () => {
    const { offer_id, code } = await newOffer({ currency: 'EUR' });
    expect((await upload(`code,event,txn_id\n${code},lead,l-1\n`)).status).toBe(200);
    const [first, second] = [AGO + 1, AGO].map((days) => dateBefore(days).toReversed().join('.'));
    const csv = `Gutschein;Betrag;Bestellung;Tag;Notiz\n${code};1.049,90;o-1;${first};x\n${code};(49,90);o-1;${second};x\n`;
    const query =
      '?code_column=Gutschein&revenue_column=Betrag&txn_id_column=Bestellung&ts_column=Tag&tz=Europe/Berlin';
    expect((await upload(csv, query)).body).toMatchObject({ accepted: 2, ignored_columns: ['Notiz'] });
    await untilBooked(offer_id, [3, '1000.00']);
    const { body } = await sender.call('GET', `/v2/conversions?offer_id=${offer_id}&event=sale`);
    // The whole day there: until its end.
    const ends_ms = startOfDate(TODAY_MS - AGO * DAY_MS, 'Europe/Berlin') - 1;
    expect(body.rows).toMatchObject([{ converted_at: new Date(ends_ms).toISOString(), currency: 'EUR' }]);
  });
});

describe('with an Idempotency-Key', () => {
  it('a file is the same upload, also without ids of its transactions, and another body is refused', async () => {
    const { offer_id, code } = await newOffer();
    const csv = `code,revenue\n${code},1.00\n${code},1.00\n${code},2.50\n`;
    const first = await upload(csv, '', '"key-1"');
    expect(first).toMatchObject({ status: 200, body: { accepted: 3, duplicates: 0 } });
    expect((await upload(csv, '', 'key-1')).body).toEqual(first.body);
    expect(await upload(`${csv}${code},9\n`, '', 'key-1')).toMatchObject({
      status: 422,
      body: { error: 'idempotency_key_reused' },
    });
    expect((await upload(csv, '', '\u00e9')).status).toBe(400);
    await untilBooked(offer_id, [3, '4.50']);
    // As a kill leaves it: nothing says how far it came.
    const { upload_id } = first.body;
    await redis.set(
      `upload:${upload_id}`,
      JSON.stringify({ ...first.body, state: 'recording', accepted: 0 }),
    );
    expect(await readUpload(upload_id)).toMatchObject({ state: 'interrupted' });
    expect((await upload(csv, '', 'key-1')).body).toEqual(first.body);
    await redis.set(`upload_writer:${upload_id}`, 'another', 'PX', 60_000);
    expect((await upload(csv, '', 'key-1')).status).toBe(409);
    await redis.del(`upload_writer:${upload_id}`);
    await upload(`code,revenue,txn_id\n${code},0.50,end\n`);
    await untilBooked(offer_id, [4, '5.00']);
  });

  it.each([
    ['application/json', (lines: string[]) => `{"conversions":[${lines.join(',')}]}`],
    ['application/x-ndjson', (lines: string[]) => lines.join('\n')],
  ])('reports as %s count once', async (type, bodyOf) => {
    const { offer_id, code } = await newOffer();
    const body = bodyOf(Array.from({ length: 3 }, () => JSON.stringify({ code, revenue: '1.00' })));
    const send = async (text: string) => {
      const headers = {
        'x-api-key': sender.api_key,
        'content-type': type,
        'idempotency-key': `k-${offer_id}`,
      };
      const answer = await fetch(`${system.api_url}/v2/conversions`, { method: 'POST', headers, body: text });
      return [answer.status, await answer.text()];
    };
    const first = await send(body);
    expect(first[0]).toBe(200);
    expect(String(first[1]).match(/accepted/g)).toHaveLength(3);
    expect(await send(body)).toEqual(first);
    expect((await send(`${body}\n`))[0]).toBe(422);
    await untilBooked(offer_id, [3, '3.00']);
  });
});

describe('the undo of an upload', () => {
  const takeBack = async (upload_id: string): Promise<void> => {
    await sender.call('POST', `/v2/conversions/uploads/${upload_id}/undo` as '/v2/conversions/uploads');
    await untilSeen('the undo', async () => (await readUpload(upload_id)).state, 'undone');
  };

  it('of a sale and its void takes both back, and what else reported the sale counts then', async () => {
    const { offer_id, code } = await newOffer();
    const both = await upload(`code,event,revenue,txn_id\n${code},sale,10.00,v-1\n${code},void,,v-1\n`);
    await untilBooked(offer_id, [0, '0.00']);
    await takeBack(both.body.upload_id);
    expect(await bookedOf(offer_id)).toEqual([0, '0.00']);
    const once = await upload(`code,revenue,txn_id\n${code},30.00,v-2\n`);
    await upload(`code,revenue,txn_id\n${code},30.00,v-2\n`);
    await untilBooked(offer_id, [1, '30.00']);
    await takeBack(once.body.upload_id);
    await untilBooked(offer_id, [1, '30.00']);
  });

  it('takes back what it booked, and nothing else, and the mended file counts once', async () => {
    const { offer_id, code } = await newOffer();
    await upload(`code,revenue,txn_id\n${code},10.00,own-1\n`);
    const csv = `code,revenue,txn_id\n${code},10.00,own-1\n${code},490.00,u-1\n${code},5.00,u-2\n${code},7.00,\n`;
    const { body } = await upload(csv, '', `undo-${offer_id}`);
    expect(body).toMatchObject({ accepted: 3, duplicates: 1 });
    const undo = () => sender.call('POST', `/v2/conversions/uploads/${body.upload_id}/undo`);
    expect(await undo()).toMatchObject({ status: 202, body: { state: 'undoing' } });
    const undone = async () => (await readUpload(body.upload_id)).state;
    await untilSeen('the undo', undone, 'undone');
    expect(await bookedOf(offer_id)).toEqual([1, '10.00']);
    expect(await undo()).toMatchObject({ status: 202, body: { state: 'undone', voided: 4 } });
    expect((await upload(csv, '', `undo-${offer_id}`)).status).toBe(409);
    const mended = csv.replace('490.00', '49.00');
    expect((await upload(mended)).body).toMatchObject({ accepted: 3, duplicates: 1 });
    await untilBooked(offer_id, [4, '71.00']);
    await untilSeen(
      'the undo in the audit log',
      async () => (await sender.call('GET', '/v2/audit?action=conversions.upload_undone')).body.total,
      (total) => total > 0,
    );
    const stranger = await createSender(system);
    const path = `/v2/conversions/uploads/${body.upload_id}/undo`;
    expect((await stranger.call('POST', path)).status).toBe(404);
  });
});

interface Compared extends StoredReconciliation {
  kept: number;
  left_out: { line: number; reason: string; message: string }[];
  missing_here: object[];
  different: { network: object; here: object }[];
  message: string;
}

const compare = (csv: string, query: string): Promise<Answered<Compared>> =>
  post(`/v2/conversions/reconcile?${query}`, csv);

describe('exports of networks', () => {
  it.each(SAMPLES)(
    'of $network are uploaded, and match what was booked',
    async ({ network, csv, second }) => {
      const { offer_id } = await newOffer();
      const { body: link } = await sender.call('POST', '/v2/links/shorten', { offer_id });
      const own = csv.replaceAll(/(^|[,;|])C(?=[,;|\n])/gm, `$1${link.link_id}`);
      const uploaded = await upload(own, `?link_id_column=${columnOf(csv)}`);
      expect(uploaded.body).toMatchObject({ network, state: 'recorded' });
      const lines = second === 'rejected' ? 1 : 2;
      expect(uploaded.body).toMatchObject({ accepted: lines, rejected: 2 - lines });
      const counts = async () => (await compare(own, `offer_id=${offer_id}`)).body.counts;
      await untilSeen('the match', async () => (await counts())?.['matched'], lines);
      expect(await counts()).toMatchObject({
        missing_here: 0,
        missing_there: 0,
        different: 0,
        left_out: 2 - lines,
      });
    },
  );
});

/** The name of the column that has the click. */
function columnOf(csv: string): string {
  const [header = '', line = ''] = csv.split('\n');
  const separator = [';', '|', ','].find((one) => header.includes(one)) ?? ',';
  const cells = line.replace(/"[^"]*"/g, 'x').split(separator);
  return encodeURIComponent(header.split(separator)[cells.indexOf('C')] ?? '');
}

describe('a comparison', () => {
  it('is of what was booked, line by line; its differences are followed until they are settled', async () => {
    const { offer_id, code } = await newOffer({ duplicates: 'rebill' });
    const [year, month, day_of_month] = dateBefore(AGO);
    const date = `${year}-${month}-${day_of_month}`;
    const ts = `${date}T12:00:00Z`;
    const { body: reported } = await sender.call('POST', '/v2/conversions', {
      conversions: [
        { code, txn_id: 'r', event: 'rebill', revenue: '9.00', ts },
        { code, txn_id: 'r', event: 'rebill', revenue: '9.00', ts },
        { code, txn_id: 's', revenue: '49.90', ts },
        { code, txn_id: 's', event: 'refund', ts },
        { code, txn_id: 'v', revenue: '5.00', ts },
        { code, txn_id: 'ours', revenue: '3.00', ts },
      ],
    });
    expect(reported.errors).toEqual([]);
    await untilBooked(offer_id, [6, '26.00']);
    await sender.call('POST', '/v2/conversions', { conversions: [{ code, txn_id: 'v', event: 'void' }] });
    const status = async () =>
      (await sender.call('GET', `/v2/conversions?offer_id=${offer_id}&txn_id=v&event=sale`)).body.rows[0]
        ?.status;
    await untilSeen('the void', status, 'voided');
    const day = `${month}/${day_of_month}/${year} 2:15 PM`;
    const csv = `txn_id,amount,time\nr,9.00,${day}\nr,9.00,${day}\ns,$49.90,${day}\ns,(49.90),${day}\nv,5.00,${day}\nlost,"1,007.70",${day}\nTotal,"1,080.40",\nx,many,${day}\n`;
    const query = `offer_id=${offer_id}&revenue_column=amount&tz=America/New_York&from=${date}&to=${date}`;
    const { body } = await compare(csv, query);
    expect(body).toMatchObject({
      counts: { matched: 4, missing_here: 2, missing_there: 1, different: 0, repeated: 0, left_out: 2 },
      missing_here: [
        { line: 6, txn_id: 'v' },
        { line: 7, txn_id: 'lost', amount: '1007.70' },
      ],
      missing_there: [{ txn_id: 'ours' }],
      left_out: [
        { line: 8, reason: 'total' },
        { line: 9, reason: 'bad', message: 'amount is "many": write an amount such as 1049.90' },
      ],
      kept: 3,
    });
    const path = `/v2/conversions/reconciliations/${body.reconciliation_id}`;
    const lines = async () =>
      ((await sender.call('GET', `${path}?page=1`)).body as unknown as { lines: unknown }).lines as {
        txn_id: string;
        line_id: string;
        state: string;
      }[];
    const states = async () => Object.fromEntries((await lines()).map((one) => [one.txn_id, one.state]));
    expect(await states()).toEqual({ v: 'open', lost: 'open', ours: 'open' });
    const ours = (await lines()).find(({ txn_id }) => txn_id === 'ours');
    const change = { state: 'accepted_there', note: 'a test order' };
    const changed = await sender.call('PATCH', `${path}/lines/${ours?.line_id}`, change);
    expect(changed).toMatchObject({ status: 200, body: change });
    expect((await sender.call('PATCH', `${path}/lines/rcl_none`, change)).status).toBe(404);
    await sender.call('POST', '/v2/conversions', {
      conversions: [{ code, txn_id: 'lost', revenue: '1007.70', ts }],
    });
    await untilBooked(offer_id, [6, '1028.70']);
    const again = await compare(csv, query);
    expect(again.body.counts).toMatchObject({ matched: 5, missing_here: 1, missing_there: 1 });
    expect(await states()).toEqual({ v: 'open', lost: 'settled', ours: 'accepted_there' });
    const { body: list } = await sender.call('GET', '/v2/conversions/reconciliations?per_page=2');
    expect(list).toMatchObject({ reconciliations: [{ open: 1 }, { open: 1 }] });
    const open = await sender.call('GET', `${path}?state=open`);
    expect(open.body).toMatchObject({ total: 1, lines: [{ txn_id: 'v' }] });
    const file = await fetch(`${system.api_url}${path}?state=open&format=csv`, {
      headers: { 'x-api-key': sender.api_key },
    });
    const [head, line, end] = (await file.text()).split('\r\n');
    expect(head).toMatch(/^line_id,difference,txn_id,offer_id,at,event,network_amount/);
    expect([line, end]).toEqual([expect.stringMatching(/^rcl_[\w-]+,missing_here,v,.*,open,,/), '']);
    expect((await createSender(system).then((one) => one.call('GET', path))).status).toBe(404);
  });

  it.each([
    ['txn_id,payout,time\na,1,2026-11-20\n', /"payout".*revenue_column/],
    ['order,revenue\na,1\n', /txn_id_column/],
    ['txn_id,revenue\nTotal,1\n', /no lines that can be compared.*line 2/],
    ['txn_id,revenue\na,1\n', /no times/],
  ])('is refused where the export can not be compared: %j', async (csv, message) => {
    const { status, body } = await compare(csv, '');
    expect([status, body.message]).toEqual([400, expect.stringMatching(message)]);
  });
});
