/** The audit log of the running system: every kind of change with who, where, before and after; never a secret. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUDIT_FIELDS } from '../../src/access/audit/audit-fields.ts';
import { newEntry } from '../../src/access/audit/record-audit.ts';
import { insertColumns } from '../../src/clickhouse/columns.ts';
import { insertOnce } from '../../workers/batch/insert-rows.ts';
import type { BodyOf } from '../support/api-types.ts';
import { callApi, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

const DESTINATION = 'https://shop.example/?click={{click_id}}';
const ADDRESS = '198.51.100.23';

const EXPECTED = [
  'account.changed',
  'conversions.uploaded',
  'rejudgement.requested',
  'key.revoked',
  'key.changed',
  'key.created',
  'link.changed',
  'audience.changed',
  'audience.created',
  'campaign.changed',
  'campaign.created',
  'creative.changed',
  'creative.created',
  'account.conversion_secret_rotated',
  'offer.postback_secret_rotated',
  'offer.changed',
  'offer.created',
  'account.created',
];

let system: System;
let sender: Sender;
let offer_id: string;
let link_id: string;
/** What must never be found in the log. */
const secrets: string[] = [];

const file = async (query: string, key = sender.api_key): Promise<string> => {
  const response = await fetch(`${system.api_url}/v2/audit?${query}`, { headers: { 'x-api-key': key } });
  expect(response.status).toBe(200);
  return response.text();
};

/** What the account sees, once all its changes are there. */
let seen: BodyOf<'GET', '/v2/audit'>;

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system, { name: 'Audited' });
  secrets.push(sender.api_key, system.admin_key);
  const admin = (method: 'POST' | 'PATCH', path: string, body: object) =>
    callApi(system, system.admin_key, method, path, body);

  const offer = await sender.call('POST', '/v2/offers', { name: 'Shoes', destination_url: DESTINATION });
  offer_id = offer.body.offer_id;
  await fetch(`${system.api_url}/v2/offers/${offer_id}`, {
    method: 'PATCH',
    headers: {
      'x-api-key': sender.api_key,
      'content-type': 'application/json',
      'x-forwarded-for': ADDRESS,
    },
    body: JSON.stringify({ destination_url: 'https://elsewhere.example/', payout: '2.50' }),
  });
  const postbacks = await sender.call('POST', `/v2/offers/${offer_id}/postback_secret/rotate`);
  const secret = await sender.call('POST', '/v2/account/conversion_secret/rotate');
  secrets.push(postbacks.body['postback_secret'], secret.body.conversion_secret);
  const creative = await sender.call('POST', '/v2/creatives', {
    name: 'Hello',
    body: 'Hi {{link1}}',
    offer_links: [{ key: 'link1', offer_id }],
  });
  await sender.call('PATCH', `/v2/creatives/${creative.body.creative_id}`, { name: 'Hello again' });
  const campaign = await sender.call('POST', '/v2/campaigns', { name: 'Spring' });
  await sender.call('PATCH', `/v2/campaigns/${campaign.body.campaign_id}`, { status: 'archived' });
  const definition = { clicked: { at_least: 2 } };
  const audience = await sender.call('POST', '/v2/audiences', { name: 'Twice', definition });
  await sender.call('PATCH', `/v2/audiences/${audience.body.audience_id}`, { name: 'Often' });
  const link = await sender.call('POST', '/v2/links/shorten', { offer_id });
  link_id = link.body.link_id;
  await sender.call('PATCH', `/v2/links/${link_id}`, { status: 'disabled' });
  const key = await sender.call('POST', '/v2/keys', { name: 'Shop', scopes: ['read'] });
  secrets.push(key.body.api_key);
  await sender.call('PATCH', `/v2/keys/${key.body.key_id}`, { scopes: ['read', 'send'] });
  await sender.call('DELETE', `/v2/keys/${key.body.key_id}`);
  await sender.call('POST', '/v2/rejudgements', { from: '2026-01-01', to: '2026-01-01' });
  await fetch(`${system.api_url}/v2/conversions`, {
    method: 'POST',
    headers: { 'x-api-key': sender.api_key, 'content-type': 'text/csv' },
    body: `link_id,revenue,txn_id\n${link_id},1.00,t-1\n${link_id},2.00,t-2\n`,
  });
  await admin('PATCH', `/v2/accounts/${sender.account_id}`, { time_zone: 'Europe/Berlin', name: 'Audited' });
  await sender.call('POST', '/v2/offers', { name: 'Refused', destination_url: 'no address' });
  seen = await untilSeen(
    'entries of the account',
    async () => (await sender.call('GET', '/v2/audit')).body,
    // The list and the count are two questions, and an entry may come between them.
    ({ entries, total }) => Math.min(entries.length, total) >= EXPECTED.length,
  );
});

afterAll(() => system?.destroy());

describe('the audit log', () => {
  it('has every change of the account once, newest first, and nothing that was refused', async () => {
    const { entries: found, total } = seen;
    expect(found.map(({ action }) => action)).toEqual(EXPECTED);
    expect(total).toBe(EXPECTED.length);
    expect(new Set(found.map(({ outcome }) => outcome))).toEqual(new Set(['done']));
  });

  it('says who changed the destination of an offer, from where, before and after', async () => {
    const { body } = await sender.call(
      'GET',
      `/v2/audit?action=offer.changed&subject_id=${offer_id}&address=${ADDRESS}`,
    );
    expect(body).toMatchObject({
      total: 1,
      entries: [
        {
          account_id: sender.account_id,
          actor_kind: 'key',
          address: ADDRESS,
          subject_kind: 'offer',
          subject_id: offer_id,
          before: { destination_url: DESTINATION, payout: '0' },
          after: { destination_url: 'https://elsewhere.example/', payout: '2.50' },
        },
      ],
    });
    const [entry] = body['entries'] as { actor_id: string; actor_name: string; at: string }[];
    expect(entry?.actor_id).toMatch(/^key_/);
    expect(Date.parse(entry?.at ?? '')).toBeGreaterThan(Date.now() - 600_000);
    const { body: by_name } = await sender.call(
      'GET',
      `/v2/audit?action=offer.changed&actor=${encodeURIComponent(entry?.actor_name ?? '')}`,
    );
    expect(by_name['total']).toBe(1);
  });

  it('counts what a file of conversions did as one entry', async () => {
    const { body } = await sender.call('GET', '/v2/audit?subject_kind=conversions');
    expect(body['entries']).toMatchObject([{ after: { accepted: 2, duplicates: 0, state: 'recorded' } }]);
  });

  it('pages in a total order', async () => {
    const actions: string[] = [];
    for (let page = 1; page <= 4; page++) {
      const { body } = await sender.call('GET', `/v2/audit?per_page=5&page=${page}`);
      actions.push(...(body['entries'] as { action: string }[]).map(({ action }) => action));
    }
    expect(actions).toEqual(EXPECTED);
  });

  it('is a file too: the same entries as lines and as a spreadsheet', async () => {
    const lines = (await file('format=ndjson')).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { action: string }).action)).toEqual(EXPECTED);
    const [head = '', ...rows] = (await file('format=csv')).trimEnd().split('\r\n');
    expect(head).toMatch(/^account_id,at,audit_id,outcome,actor_kind/);
    expect(rows).toHaveLength(EXPECTED.length);
  });

  it('has no secret anywhere', async () => {
    const result = await system.clickhouse.query({
      query: 'SELECT * FROM audit WHERE account_id = {account_id:String}',
      query_params: { account_id: sender.account_id },
      format: 'JSONEachRow',
    });
    const text = await result.text();
    expect(text).toContain('postback_secret_rotated');
    expect(secrets).toHaveLength(5);
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(20);
      expect(text).not.toContain(secret);
    }
  });
});

describe('who sees it', () => {
  it('is the account, without the key and the address of the operator', async () => {
    const of_operator = seen.entries.filter(({ actor_kind }) => actor_kind === 'operator');
    expect(of_operator.map(({ action }) => action)).toEqual(['account.changed', 'account.created']);
    for (const entry of of_operator) {
      expect(entry).toMatchObject({ actor_id: '', actor_name: '', address: '' });
    }
    const { body } = await sender.call('GET', '/v2/audit?address=127.0.0.1&actor_kind=operator');
    expect(body['total']).toBe(0);
  });

  it('is the operator, of one account or of all', async () => {
    const other = await createSender(system, { name: 'Other' });
    const ask = (query: string) => callApi(system, system.admin_key, 'GET', `/v2/audit?${query}`);
    const of_one = await ask(`account_id=${sender.account_id}&actor_kind=operator`);
    const found = of_one.body['entries'] as { address: string; actor_name: string }[];
    expect(found).toHaveLength(2);
    for (const { address, actor_name } of found) expect([address, actor_name]).not.toContain('');
    const all = await untilSeen(
      'accounts that were created',
      () => ask(`action=account.created&per_page=1000`),
      ({ body }) => JSON.stringify(body).includes(other.account_id),
    );
    expect(JSON.stringify(all.body)).toContain(sender.account_id);
  });

  it('is nobody else', async () => {
    const other = await createSender(system, { name: 'Stranger' });
    const { status } = await other.call('GET', `/v2/audit?account_id=${sender.account_id}`);
    expect(status).toBe(403);
    const { body } = await other.call('GET', '/v2/audit?per_page=1000');
    expect(JSON.stringify(body)).not.toContain(sender.account_id);
    const reader = await sender.call('POST', '/v2/keys', { name: 'Reader', scopes: ['read'] });
    expect((await callApi(system, reader.body.api_key, 'GET', '/v2/audit')).status).toBe(403);
  });
});

it('a batch that is inserted again adds nothing', async () => {
  const actor = { actor_kind: 'system' as const, actor_id: 'test', actor_name: '', address: '' };
  const change = { action: 'offer.changed' as const, account_id: 'acc_twice', subject_id: 'off_1' };
  const row = {
    entry: newEntry(actor, change, Date.now()),
    batch: 'audit-0-1-1',
    expires_at_s: 4_000_000_000,
  };
  const columns = insertColumns(AUDIT_FIELDS);
  for (let times = 0; times < 2; times++) {
    await insertOnce(system, `audit-${row.entry.audit_id}`, { table: 'trackly.audit', columns, rows: [row] });
  }
  const result = await system.clickhouse.query({
    query: "SELECT count() AS rows FROM audit WHERE account_id = 'acc_twice'",
    format: 'JSONEachRow',
  });
  expect(await result.json()).toEqual([{ rows: 1 }]);
});
