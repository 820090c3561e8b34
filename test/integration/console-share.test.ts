/**
 * Saved views, the secret addresses under which their reports are shared, and reports by mail and into a chat: what the
 * running system does, and what a person does in the console with the keyboard alone.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { strFromU8, unzipSync } from 'fflate';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connectRedis, probeRedis, untilReady } from '../../src/platform/redis.ts';
import { formatInZone } from '../../src/reports/report-range.ts';
import { forgetDue, nextAt, setDue, shiftDue } from '../../src/sharing/schedule-store.ts';
import type { BodyOf } from '../support/api-types.ts';
import { launchBrowser } from '../support/browser.ts';
import type { Keyboard } from '../support/keyboard.ts';
import { type MailServer, openMailServer } from '../support/mail-server.ts';
import { joinAs, type SignedInMember } from '../support/members.ts';
import { NOON } from '../support/noon.ts';
import { isSound, openWindow } from '../support/open-window.ts';
import { createPhones, PHONE } from '../support/phones.ts';
import { type Campaign, createCampaign, created, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';
import { visitorOf } from '../support/visitor.ts';

let system: System;
let sender: Sender;
let other: Sender;
let owner: SignedInMember;
let campaign: Campaign;
let mails: MailServer;
let chat: Server;
const posted: { path: string; body: { text: string; blocks: object[] } }[] = [];
/** What the chat answers, first of all. */
const answers: number[] = [];

const OWNER = 'ann@share.example';
const COLUMNS = ['sent', 'clicks_unique', 'click_rate'] as const;

beforeAll(async () => {
  system = await sharedSystem();
  // Its reports of a day are of yesterday, and none is due by itself in the night.
  [sender, other] = await Promise.all([createSender(system, { time_zone: NOON }), createSender(system)]);
  owner = await joinAs(system, sender, 'owner', OWNER);
  campaign = await createCampaign(sender, 'Shared');
  const yesterday = new Date(Date.now() - 24 * 3_600_000).toISOString();
  const messages = await sender.send(
    Array.from({ length: 4 }, (_, i) => ({
      contact_id: `contact-${i}`,
      creative_id: campaign.creative_ids[0],
      campaign_id: campaign.campaign_id,
      variant_id: 'A',
      sent_at: yesterday,
      fields: { first_name: 'Kim' },
    })),
  );
  const phones = createPhones(system.redirect_url, 1);
  await phones.open(messages[0]?.links[0]?.link_id ?? '', PHONE);
  phones.close();
  mails = await openMailServer(inject('smtp_port'));
  chat = createServer((request, response) => {
    let text = '';
    request.on('data', (part) => {
      text += part;
    });
    request.on('end', () => {
      const status = answers.shift() ?? 200;
      if (status === 200) posted.push({ path: request.url ?? '', body: JSON.parse(text) });
      response.writeHead(status).end('ok');
    });
  });
  await new Promise<void>((resolve) => chat.listen(0, '127.0.0.1', resolve));
  await untilSeen('the messages and the click in the reports', async () => {
    const { totals } = (await sender.call('GET', '/v2/reports/campaigns?from=2026-01-01')).body;
    return [totals.sent, totals.clicks_unique];
  }, [4, 1]);
});

afterAll(async () => {
  await mails?.close();
  chat?.close();
  await system?.destroy();
});

const days = 7;
type View = BodyOf<'GET', '/v2/views/:view_id'>;
const saveView = async (given: object = {}): Promise<View> =>
  created(
    await sender.call('POST', '/v2/views', {
      name: 'Campaigns of the week',
      path: '/campaigns',
      days,
      ...given,
    }),
  );
const share = (view_id: string, body: object, by = sender) =>
  by.call('POST', `/v2/views/${view_id}/share`, { columns: COLUMNS, ...body });
/** What somebody without any right reads under an address. */
const read = (url: string | null | undefined, body: object = {}) =>
  visitorOf(system).send('POST', `${new URL(url ?? '').pathname}/report`, body);

describe('a saved view', () => {
  it('is made, listed, renamed and removed, by who may', async () => {
    const view = await saveView({ query: { sort: '-sent', campaign_id: campaign.campaign_id } });
    expect(view).toMatchObject({
      path: '/campaigns',
      days,
      private: false,
      share: null,
      why_not_shared: null,
    });
    const renamed = await sender.call('PATCH', `/v2/views/${view.view_id}`, { name: 'Week' });
    expect(renamed.body).toMatchObject({ name: 'Week', query: { sort: '-sent' } });
    expect((await sender.call('GET', '/v2/views')).body.views.map(({ name }) => name)).toContain('Week');
    expect((await other.call('GET', '/v2/views')).body.views).toEqual([]);
    expect((await other.call('PATCH', `/v2/views/${view.view_id}`, { name: 'Mine' })).status).toBe(404);
    const viewer = await joinAs(system, sender, 'viewer', 'viewer@share.example');
    expect((await viewer.get('/v2/views')).body.views).toHaveLength(1);
    expect((await viewer.send('POST', '/v2/views', { name: 'No', path: '/' })).status).toBe(403);
    expect((await sender.call('DELETE', `/v2/views/${view.view_id}`)).status).toBe(200);
    expect((await sender.call('GET', `/v2/views/${view.view_id}`)).status).toBe(404);
  });

  it('of one member is seen by no other, nor by a key', async () => {
    const made = await owner.send('POST', '/v2/views', { name: 'Mine', path: '/', private: true });
    expect(made.status).toBe(201);
    const member = await joinAs(system, sender, 'member', 'bob@share.example');
    for (const seen of [(await member.get('/v2/views')).body, (await sender.call('GET', '/v2/views')).body])
      expect(seen.views).toEqual([]);
    expect((await member.send('DELETE', `/v2/views/${made.body.view_id}`)).status).toBe(404);
    expect((await sender.call('POST', '/v2/views', { name: 'x', path: '/', private: true })).status).toBe(
      400,
    );
    const own = `/v2/views/${made.body.view_id}`;
    const scheduled = {
      view_id: made.body.view_id,
      every: 'day',
      hour: 8,
      columns: COLUMNS,
      recipients: [OWNER],
    };
    expect((await owner.send('POST', `${own}/share`, { columns: COLUMNS })).status).toBe(400);
    expect((await owner.send('POST', '/v2/schedules', scheduled)).status).toBe(400);
    expect((await owner.send('DELETE', own)).status).toBe(200);
  });

  it('that others read can not be made private', async () => {
    const [shared, mailed] = [await saveView(), await saveView()];
    await share(shared.view_id, {});
    const body = {
      view_id: mailed.view_id,
      every: 'day',
      hour: 8,
      columns: COLUMNS,
      recipients: [OWNER],
    } as const;
    const { schedule_id } = created(await sender.call('POST', '/v2/schedules', body));
    for (const { view_id } of [shared, mailed])
      expect((await owner.send('PATCH', `/v2/views/${view_id}`, { private: true })).body.message).toContain(
        'others read it',
      );
    await sender.call('DELETE', `/v2/schedules/${schedule_id}`);
    expect((await owner.send('PATCH', `/v2/views/${mailed.view_id}`, { private: true })).status).toBe(200);
  });

  it.each([
    [{ path: 'https://elsewhere.example/' }, 'path'],
    [{ path: '//elsewhere.example' }, 'path'],
    [{ path: '/v2/keys' }, 'path'],
    [{ path: '/messages/m-1' }, 'path'],
    [{ path: '/live', query: { contact_id: 'c-1' } }, 'query.contact_id'],
    [{ name: ' x' }, 'name'],
    [{ days: 0 }, 'days'],
  ])('is refused as %j, and the field is named', async (given, field) => {
    const { status, body } = await sender.call('POST', '/v2/views', { name: 'x', path: '/', ...given });
    expect([status, (body as unknown as { field: string }).field]).toEqual([400, field]);
  });
});

describe('a shared address', () => {
  it('shows its own report with the chosen columns, and no other number, id or range', async () => {
    const { view_id } = await saveView();
    const made = created(await share(view_id, {}));
    const { status, body, headers } = await read(made.share?.url);
    expect(status).toBe(200);
    expect(body).toMatchObject({ title: 'Campaigns of the week', columns: COLUMNS });
    expect(body.rows).toEqual([{ name: 'Shared', sent: 4, clicks_unique: 1, click_rate: 0.25 }]);
    expect(Object.keys(body.totals)).toEqual([...COLUMNS]);
    expect(body.currencies).toEqual([]);
    expect(JSON.stringify(body)).not.toContain(campaign.campaign_id);
    expect(headers.get('x-robots-tag')).toContain('noindex');
    expect(headers.get('cache-control')).toBe('no-store');
    // It takes nothing that would widen it, and opens nothing else.
    for (const wider of [{ from: '2020-01-01' }, { columns: ['revenue'] }, { account_id: other.account_id }])
      expect((await read(made.share?.url, wider)).status).toBe(400);
    expect((await read(`${made.share?.url}x`)).status).toBe(404);
    const page = await visitorOf(system).get(new URL(made.share?.url ?? '').pathname);
    expect(page.body).toContain('<meta name="robots" content="noindex');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    const counted = (await sender.call('GET', `/v2/views/${view_id}`)).body.share;
    expect(counted).toMatchObject({ reads: 1 });
  });

  it('is turned off and on at the same address, replaced, and ended for good', async () => {
    const { view_id } = await saveView({ path: '/' });
    const url = created(await share(view_id, {})).share?.url;
    const change = (body: object) => sender.call('PATCH', `/v2/views/${view_id}/share`, body);
    const status = async (at = url) => (await read(at)).status;
    expect((await change({ enabled: false })).body.share).toMatchObject({ enabled: false, url });
    expect(await status()).toBe(404);
    expect((await change({ enabled: true })).body.share).toMatchObject({ enabled: true, url });
    expect(await status()).toBe(200);
    const fresh = (await change({ new_address: true })).body.share?.url;
    expect([await status(), await status(fresh)]).toEqual([404, 200]);
    // Fewer columns show at once, not when a kept answer has gone.
    await change({ columns: ['sent'] });
    expect(Object.keys((await read(fresh)).body.totals)).toEqual(['sent']);
    expect((await sender.call('DELETE', `/v2/views/${view_id}`)).status).toBe(409);
    expect((await sender.call('DELETE', `/v2/views/${view_id}/share`)).status).toBe(200);
    expect(await status(fresh)).toBe(404);
  });

  it('asks for its password before it shows anything, and slows down who guesses', async () => {
    const { view_id } = await saveView();
    const { share: made } = created(await share(view_id, { password: 'a good long password' }));
    expect(made).toMatchObject({ password: true });
    expect((await read(made?.url)).body).toEqual({ asks_password: true });
    expect((await read(made?.url, { password: 'a good long password' })).status).toBe(200);
    const wrong = [];
    for (let i = 0; i < 6; i++) wrong.push((await read(made?.url, { password: `guess ${i}` })).status);
    expect(wrong).toEqual([403, 403, 403, 403, 403, 429]);
  });

  it('ends at its time, and with its account', async () => {
    const { view_id } = await saveView();
    const url = created(await share(view_id, { expires_at: new Date(Date.now() + 1_000).toISOString() }))
      .share?.url;
    await untilSeen('the end', async () => (await read(url)).status, 404);
    const past = await share(view_id, { expires_at: '2020-01-01T00:00:00Z' });
    expect(past.status).toBe(400);
  });

  it('is of no page with contacts, and of no filter that the report would forget', async () => {
    for (const given of [{ path: '/messages' }, { path: '/keys' }, { path: '/', query: { country: 'DE' } }]) {
      const { view_id, why_not_shared } = await saveView(given);
      expect(why_not_shared).toBeTypeOf('string');
      expect((await share(view_id, {})).status).toBe(400);
    }
    const { view_id } = await saveView();
    expect((await share(view_id, {}, other)).status).toBe(404);
    expect((await share(view_id, { columns: ['contact_id'] })).status).toBe(400);
  });
});

describe('a scheduled report', () => {
  const hook = (path: string): string => `http://127.0.0.1:${(chat.address() as AddressInfo).port}${path}`;
  type Schedule = BodyOf<'GET', '/v2/schedules/:schedule_id'>;
  const schedule = async (given: object): Promise<Schedule> => {
    const { view_id } = await saveView({ name: 'Campaigns', path: '/campaigns' });
    return created(
      await sender.call('POST', '/v2/schedules', {
        view_id,
        every: 'day',
        hour: 8,
        columns: COLUMNS,
        ...given,
      }),
    );
  };
  const readSchedule = async (id: string): Promise<Schedule> =>
    (await sender.call('GET', `/v2/schedules/${id}`)).body;
  const sent = (id: string) =>
    untilSeen(
      'the last run',
      async () => (await readSchedule(id)).last_run,
      (run) => run !== null,
    );

  it('is sent to a member by mail, with its figures, their change, a file and a way to end it', async () => {
    const { schedule_id, next_at } = await schedule({ recipients: [OWNER], attach_csv: true });
    expect(Date.parse(next_at ?? '')).toBeGreaterThan(Date.now());
    const asked = await Promise.all(
      [1, 2].map(async () => (await sender.call('POST', `/v2/schedules/${schedule_id}/send`)).status),
    );
    expect(asked.toSorted()).toEqual([202, 429]);
    expect(await sent(schedule_id)).toMatchObject({ state: 'sent', sent: 1, error: '' });
    const [mail, ...more] = mails.to(OWNER);
    expect(more).toEqual([]);
    expect(mail?.subject).toMatch(/^Campaigns: \d{4}-\d\d-\d\d$/);
    expect(mail?.text).toMatch(/Click rate +25%/);
    expect(mail?.html).toContain('<strong>25%</strong>');
    expect(mail?.attachments[0]?.content).toMatch(
      /^\ufeff?name,sent,clicks_unique,click_rate\r\nShared,4,1,0.25/,
    );
    expect(mail?.text).toContain('https://console.example/campaigns?from=');
    const [, token = ''] = /https:\/\/console\.example\/subscription#(\S+)/.exec(mail?.text ?? '') ?? [];
    const unsubscribe = mail?.headers.find(({ key }) => key === 'list-unsubscribe')?.value;
    expect(unsubscribe).toBe(`<https://console.example/subscription/${token}>`);
    // As a mail program does it (RFC 8058).
    const ended = await fetch(`${system.api_url}/subscription/${token}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'List-Unsubscribe=One-Click',
    });
    expect(ended.status).toBe(204);
    expect((await readSchedule(schedule_id)).recipients).toEqual([{ email: OWNER, state: 'ended' }]);
    // Nobody undoes that by taking the address off and adding it again.
    const path: '/v2/schedules/:schedule_id' = `/v2/schedules/${schedule_id}` as never;
    const off = await sender.call('PATCH', path, { recipients: [], chat_url: hook('/services/T0/B0/off') });
    expect(off.body).toMatchObject({ recipients: [], next_at });
    const on = await sender.call('PATCH', path, { recipients: [OWNER], chat_url: null });
    expect(on.body.recipients).toEqual([{ email: OWNER, state: 'ended' }]);
  });

  it('asks an address that is no member’s, and sends it nothing before it has confirmed', async () => {
    const email = 'client@elsewhere.example';
    const { schedule_id } = await schedule({ recipients: [email] });
    const [asked] = await untilSeen(
      'the question',
      async () => mails.to(email),
      ({ length }) => length > 0,
    );
    await sender.call('POST', `/v2/schedules/${schedule_id}/send`);
    expect(await sent(schedule_id)).toMatchObject({ sent: 0 });
    expect(mails.to(email)).toHaveLength(1);
    const [, token = ''] = /subscription#(\S+)/.exec(asked?.text ?? '') ?? [];
    const reader = visitorOf(system);
    const shown = await reader.send('POST', '/session/subscription', { token });
    expect(shown.body).toMatchObject({ email, title: 'Campaigns', state: 'asked' });
    expect((await reader.send('POST', '/session/subscription/confirm', { token: `${token}x` })).status).toBe(
      404,
    );
    expect((await reader.send('POST', '/session/subscription/confirm', { token })).status).toBe(204);
    expect((await readSchedule(schedule_id)).recipients).toEqual([{ email, state: 'confirmed' }]);
    expect((await reader.send('POST', '/session/subscription/end', { token })).status).toBe(204);
  });

  it('asks the others while the server puts one address off', async () => {
    const [busy, free] = ['busy@elsewhere.example', 'free@elsewhere.example'];
    mails.refuse(busy, 450);
    const { schedule_id } = await schedule({ recipients: [busy, free] });
    await untilSeen(
      'the question',
      async () => (await readSchedule(schedule_id)).recipients.map(({ state }) => state),
      ['waiting', 'asked'],
    );
    mails.refuse(busy, undefined);
    await untilSeen('the other question', async () => mails.to(busy).length, 1);
    expect(mails.to(free)).toHaveLength(1);
  });

  it('goes into a chat, is tried again where that is busy, and once more to nobody', async () => {
    answers.push(503);
    const { schedule_id, chat: host } = await schedule({ chat_url: hook('/services/T0/B0/secret') });
    expect(host).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(JSON.stringify(await readSchedule(schedule_id))).not.toContain('secret');
    await sender.call('POST', `/v2/schedules/${schedule_id}/send`);
    expect(await sent(schedule_id)).toMatchObject({ state: 'sent', sent: 1, failures: 0 });
    const [message, ...more] = posted;
    expect(more).toEqual([]);
    expect(message?.path).toBe('/services/T0/B0/secret');
    expect(message?.body.text).toContain('Click rate: *25%*');
    expect(message?.body.blocks).toHaveLength(4);
    expect((await sender.call('POST', `/v2/schedules/${schedule_id}/send`)).status).toBe(429);
  });

  it('with a condition is sent when that comes true, and again only after it was not true in between', async () => {
    const redis = connectRedis(await probeRedis(await system.redis_url()), 'fast');
    const of_alert = () => posted.filter(({ path }) => path.endsWith('/alert')).length;
    try {
      await untilReady(redis, 5_000);
      const only_if = { measure: 'sent', is: 'above', value: 3 };
      const alert = await schedule({ chat_url: hook('/services/T0/B0/alert'), only_if });
      const path: '/v2/schedules/:schedule_id' = `/v2/schedules/${alert.schedule_id}` as never;
      /** As if its hour had come. */
      const due = async (): Promise<unknown> => {
        const place = { account_id: sender.account_id, schedule_id: alert.schedule_id };
        const due_ms = Date.now();
        await setDue(redis, place, 'run', due_ms);
        const due_at = new Date(due_ms).toISOString();
        const run = await untilSeen(
          'the run',
          async () => (await readSchedule(alert.schedule_id)).last_run,
          (last) => last?.due_at === due_at,
        );
        return run?.state;
      };
      expect([await due(), of_alert()]).toEqual(['sent', 1]);
      expect(posted.at(-1)?.body.text).toMatch(/^Sent above 3: Campaigns, /);
      expect([await due(), of_alert()]).toEqual(['standing', 1]);
      await sender.call('PATCH', path, { only_if: { ...only_if, value: 4 } });
      expect([await due(), of_alert()]).toEqual(['unmet', 1]);
      await sender.call('PATCH', path, { only_if });
      expect([await due(), of_alert()]).toEqual(['sent', 2]);
      // Another condition is another alert, and one without any is no alert.
      await sender.call('PATCH', path, { only_if: { ...only_if, value: 2 } });
      expect([await due(), of_alert()]).toEqual(['sent', 3]);
      await sender.call('PATCH', path, { only_if: null });
      expect([await due(), of_alert()]).toEqual(['sent', 4]);
      const refused = [
        { ...only_if, measure: 'revenue' },
        { ...only_if, currency: 'USD' },
        { ...only_if, value: -1 },
      ];
      for (const wrong of refused)
        expect((await sender.call('PATCH', path, { only_if: wrong })).status).toBe(400);
      await sender.call('DELETE', path);
    } finally {
      redis.disconnect();
    }
  });

  it('says what was refused, and sends to the others', async () => {
    const gone = 'gone@share.example';
    await joinAs(system, sender, 'viewer', gone);
    await joinAs(system, sender, 'viewer', 'carl@share.example');
    mails.refuse(gone, 550);
    const { schedule_id } = await schedule({ recipients: [gone, 'carl@share.example'] });
    await sender.call('POST', `/v2/schedules/${schedule_id}/send`);
    const run = await sent(schedule_id);
    expect(run).toMatchObject({ state: 'partly', sent: 1, failures: 1 });
    expect(run?.error).toMatch(/^gone@share\.example: .*550/);
    expect(mails.to('carl@share.example')).toHaveLength(1);
  });

  it('is moved to another time only before it is due', async () => {
    const redis = connectRedis(await probeRedis(await system.redis_url()), 'fast');
    try {
      await untilReady(redis, 5_000);
      const place = { account_id: sender.account_id, schedule_id: `sch_${sender.account_id}` };
      const far_ms = Date.now() + 10 * 24 * 3_600_000;
      const at = async (next_ms: number, now_ms: number): Promise<string | null> => {
        await shiftDue(redis, place, { next_ms, now_ms });
        return nextAt(redis, place);
      };
      const first = await at(far_ms, Date.now());
      expect(first).toBe(new Date(far_ms).toISOString());
      expect(await at(far_ms + 1, far_ms)).toBe(first);
      expect(await at(far_ms + 1, far_ms - 1)).toBe(new Date(far_ms + 1).toISOString());
      await forgetDue(redis, place, 'run');
    } finally {
      redis.disconnect();
    }
  });

  it('is paused, changed and removed; of another account it is unknown', async () => {
    const { schedule_id, view_id } = await schedule({ recipients: [OWNER] });
    const path: '/v2/schedules/:schedule_id' = `/v2/schedules/${schedule_id}` as never;
    expect((await sender.call('PATCH', path, { status: 'paused' })).body.next_at).toBeNull();
    const monthly = { status: 'active', every: 'month', month_day: 2, hour: 6 };
    const { next_at } = (await sender.call('PATCH', path, monthly)).body;
    expect(formatInZone(Date.parse(next_at ?? ''), NOON)).toMatch(/-02T06:00:00/);
    expect((await sender.call('DELETE', `/v2/views/${view_id}`)).status).toBe(409);
    for (const method of ['GET', 'DELETE'] as const)
      expect((await other.call(method, path)).status).toBe(404);
    expect((await sender.call('PATCH', path, { recipients: [] })).status).toBe(400);
    expect((await sender.call('DELETE', path)).status).toBe(200);
    expect((await sender.call('GET', path)).status).toBe(404);
  });

  it('leaves who shared and sent what in the audit log, and no address of a chat, token or password', async () => {
    const response = await untilSeen(
      'entries',
      async () => {
        const answer = await sender.call('GET', '/v2/audit?per_page=200');
        return JSON.stringify(answer.body);
      },
      (text) =>
        ['view.shared', 'view.share_ended', 'schedule.created', 'schedule.sent', 'schedule.confirmed'].every(
          (action) => text.includes(action),
        ) && text.includes('schedule.unsubscribed'),
    );
    expect(response).not.toMatch(/a good long password|services\/T0|argon2|token_/);
  });
});

it('gives a list as a workbook, to who may read it', async () => {
  const ask = (key: string): Promise<Response> =>
    fetch(`${system.api_url}/v2/reports/campaigns?format=xlsx`, { headers: { 'x-api-key': key } });
  const answer = await ask(sender.api_key);
  expect(answer.headers.get('content-type')).toContain('spreadsheetml.sheet');
  expect(answer.headers.get('content-disposition')).toMatch(/campaigns_.*\.xlsx"$/);
  const sheet = unzipSync(new Uint8Array(await answer.arrayBuffer()))['xl/worksheets/sheet1.xml'];
  expect(strFromU8(sheet as Uint8Array)).toContain('>Shared</t>');
  expect((await ask(`trk_${'0'.repeat(32)}`)).status).toBe(401);
});

describe('in the console, with the keyboard alone', () => {
  const SMALL = { width: 320, height: 640 };
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let keys: Keyboard;
  const errors: string[] = [];

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  /** A window of nobody, or of the owner. */
  async function open(path: string, who?: SignedInMember): Promise<void> {
    await context?.close();
    ({ context, page, keys } = await openWindow(browser, system.api_url + path, { who, errors }));
    await page.getByRole('heading', { level: 1 }).waitFor();
  }

  it('saves a view, shares it, schedules it, and reads it as somebody who is no member', async () => {
    const [week, today] = [6, 0].map((days) =>
      formatInZone(Date.now() - days * 24 * 3_600_000, NOON).slice(0, 10),
    );
    await open(`/campaigns?from=${week}&to=${today}`, owner);
    await page.setViewportSize(SMALL);
    await keys.press('button', 'Saved views');
    await keys.type('Name', 'By keyboard');
    await isSound(page, 'the dialog');
    await page.keyboard.press('Enter');
    await page.getByText('“By keyboard” is saved.').waitFor();
    await keys.press('button', 'Saved views');
    await keys.press('link', 'All saved views');
    await keys.press('link', 'Share and schedule By keyboard');
    await page.getByRole('heading', { name: 'By keyboard', level: 1 }).waitFor();
    await keys.press('checkbox', 'Conversions', 'Space');
    await keys.press('button', 'Make the address');
    const shown = page.locator('.secret');
    await shown.waitFor();
    const address = new URL((await shown.textContent()) ?? '').pathname;
    await keys.type('Email addresses', OWNER);
    await keys.press('button', 'Schedule it');
    await page.getByRole('cell', { name: OWNER }).waitFor();
    await keys.choose('How often', 'every hour');
    await keys.choose('Send it', 'only if a figure is below');
    await keys.choose('Figure of the alert', 'Click rate');
    await keys.type('Percent', '2.5');
    await keys.type('Email addresses', OWNER);
    await keys.press('button', 'Schedule it');
    await page.getByRole('cell', { name: 'every hour, only if Click rate below 2.5%' }).waitFor();
    await isSound(page, 'the settings of a view');

    await open(address);
    await page.getByRole('heading', { name: 'By keyboard' }).waitFor();
    await page.getByRole('row', { name: /Shared/ }).waitFor();
    expect(await page.locator('.totals dt').allTextContents()).toEqual([
      'Sent',
      'Unique clicks',
      'Click rate',
      'Revenue',
    ]);
    await isSound(page, 'a shared report');

    await open('/views', owner);
    await keys.press('link', 'Share and schedule By keyboard');
    await keys.press('button', 'Turn off');
    await page.getByText('It is off: the address shows nothing.').waitFor();
    await keys.press('button', 'Undo');
    await page.getByText('It is as it was.').waitFor();

    // A dialog stays with its row while the list changes around it.
    const view_id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    const daily = { view_id, every: 'day', hour: 9, columns: COLUMNS, recipients: [OWNER] };
    created(await sender.call('POST', '/v2/schedules', daily));
    await page.getByRole('row', { name: /^Every day/i }).waitFor();
    await keys.press('button', 'Remove the schedule every day, 09:00');
    const own = async () =>
      (await sender.call('GET', '/v2/schedules')).body.schedules.filter((one) => one.view_id === view_id);
    for (const { schedule_id, every } of await own())
      if (every !== 'day') await sender.call('DELETE', `/v2/schedules/${schedule_id}`);
    await page.locator('tbody tr').nth(1).waitFor({ state: 'detached' });
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('It is not sent any more.').waitFor();
    expect(await own()).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('confirms a report by mail with a press, and not by opening the link', async () => {
    const email = 'reader@elsewhere.example';
    const { view_id } = await saveView();
    const body = { view_id, every: 'month', hour: 7, columns: COLUMNS, recipients: [email] };
    const { schedule_id } = created(await sender.call('POST', '/v2/schedules', body));
    const [asked] = await untilSeen(
      'the question',
      async () => mails.to(email),
      ({ length }) => length > 0,
    );
    const [, token] = /subscription#(\S+)/.exec(asked?.text ?? '') ?? [];
    const state = async () =>
      (await sender.call('GET', `/v2/schedules/${schedule_id}`)).body.recipients[0]?.state;
    await open(`/subscription#${token}`);
    await page.getByText(email).waitFor();
    await isSound(page, 'a subscription');
    expect(await state()).toBe('asked');
    await keys.press('button', 'I want it');
    await page.getByText('It will be sent to you.').waitFor();
    expect(await state()).toBe('confirmed');
    expect(errors).toEqual([]);
  });
});
