/** A click's journey through the whole system, as an operator starts it, told by HTTP alone. */
// Own system: it stops the system and kills Redis.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { giveDomain } from '../support/domains.ts';
import { readMetrics } from '../support/metrics.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver.ts';
import { BOT, clickIdOf, createPhones, PHONE, type Phones } from '../support/phones.ts';
import { testPorts } from '../support/ports.ts';
import { type Campaign, createCampaign, createSender, type Sender } from '../support/sender.ts';
import { type System, startSystem } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

let system: System;
let metrics_port: number;
let collector: OtlpReceiver;
let sender: Sender;
let campaign: Campaign;
let phones: Phones;

beforeAll(async () => {
  [metrics_port = 0] = await testPorts(1);
  collector = await startOtlpReceiver();
  system = await startSystem({
    ...{ REDIRECT_PROCESSES: '2', METRICS_PORT: String(metrics_port), TRUST_PROXY: '1' },
    ...{ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_METRIC_EXPORT_INTERVAL: '1000' },
    OTEL_TRACES_SAMPLER: 'parentbased_always_off',
  });
  sender = await createSender(system);
  campaign = await createCampaign(sender, 'Spring');
  phones = createPhones(system.redirect_url, 4);
});

afterAll(async () => {
  phones?.close();
  await system?.destroy();
  await collector?.close();
});

async function campaignRow() {
  const { body } = await sender.call('GET', `/v2/reports/campaigns?campaign_id=${campaign.campaign_id}`);
  return body.rows[0];
}

async function sendTo(contact_id: string): Promise<{ message_id: string; link_ids: string[] }> {
  const [message] = await sender.send([
    {
      contact_id,
      creative_id: campaign.creative_ids[0],
      campaign_id: campaign.campaign_id,
      variant_id: 'A',
      fields: { first_name: 'Ann' },
    },
  ]);
  if (message === undefined) throw new Error('no answer');
  return { message_id: message.message_id, link_ids: message.links.map((link) => link.link_id) };
}

describe('the journey of a click', () => {
  it('reaches the report', async () => {
    const { link_ids } = await sendTo('ann');
    const answer = await phones.open(link_ids[0] ?? '', PHONE);
    expect(answer).toMatchObject({
      status: 302,
      location: expect.stringMatching(/^https:\/\/shop1\.example\/\?click=[0-9A-Za-z]{29}&contact=ann$/),
    });
    const row = await untilSeen(
      'the message and its click in the report',
      campaignRow,
      (seen) => seen?.clicks_unique === 1 && seen.sent === 1,
    );
    expect(row).toMatchObject({ clicks_total: 1, clicks_human: 1, click_rate: 1 });
  });

  it('is still there after a restart, and goes on counting', async () => {
    const took_ms = await system.stop();
    expect(took_ms).toBeLessThan(10_000);
    await system.start();
    expect(await campaignRow()).toMatchObject({ sent: 1, clicks_unique: 1 });
    const { link_ids } = await sendTo('bob');
    await phones.open(link_ids[1] ?? '', PHONE);
    await untilSeen('unique clicks in the report', async () => (await campaignRow())?.clicks_unique, 2);
  });

  it('can be traced from its id to its link, message, verdict and reports', async () => {
    const { message_id, link_ids } = await sendTo('cleo');
    const bot = await phones.open(link_ids[0] ?? '', BOT);
    const person = await phones.open(link_ids[0] ?? '', PHONE);
    const [bot_id, person_id] = [bot, person].map((answer) =>
      clickIdOf(answer ?? { status: 0, location: '' }),
    );
    await untilSeen(
      'the trace of the click',
      async () => (await sender.call('GET', `/v2/clicks/${person_id}`)).status,
      200,
    );
    const trace = (await sender.call('GET', `/v2/clicks/${person_id}`)).body;
    expect(JSON.stringify(trace)).toContain(message_id);
    expect(JSON.stringify(trace)).toContain('"human"');
    const botTrace = (await sender.call('GET', `/v2/clicks/${bot_id}`)).body;
    expect(JSON.stringify(botTrace)).toContain('user_agent:preview');
    for (const path of [`/v2/links/${link_ids[0]}`, `/v2/messages/${message_id}`]) {
      const answer = await sender.call('GET', path);
      expect(answer.status).toBe(200);
      expect(JSON.stringify(answer.body)).toContain(person_id);
    }
  });

  it('keeps the host name under which a link was opened', async () => {
    const owner = await createSender(system);
    await giveDomain(system, owner.account_id, 'go.shoes.example');
    const { creative_ids } = await createCampaign(owner, 'Shoes');
    const [message] = await owner.send([
      { contact_id: 'finn', creative_id: creative_ids[0], fields: { first_name: 'Finn' } },
    ]);
    const short_url = message?.links[0]?.short_url ?? '';
    expect(short_url).toMatch(/^https:\/\/go\.shoes\.example\//);
    const { hostname, port } = new URL(system.redirect_url);
    const headers = { host: 'Go.Shoes.Example.:8080', 'user-agent': PHONE };
    const [answer] = (await once(
      get({ hostname, port, path: new URL(short_url).pathname, headers }),
      'response',
    )) as [IncomingMessage];
    answer.resume();
    const click_id = clickIdOf({ status: 302, location: answer.headers.location ?? '' });
    const trace = async () => (await owner.call('GET', `/v2/clicks/${click_id}`)).status;
    await untilSeen('the trace of the click', trace, 200);
    const { click } = (await owner.call('GET', `/v2/clicks/${click_id}`)).body;
    expect(click.domain).toBe('go.shoes.example');
    const { views } = (await sender.call('GET', '/v2/schema')).body;
    const { columns } = views.find(({ name }: { name: string }) => name === 'report_clicks') ?? {};
    expect(columns?.map(({ name }: { name: string }) => name)).toContain('domain');
  });

  it('keeps accounts apart', async () => {
    const other = await createSender(system);
    const { message_id, link_ids } = await sendTo('dan');
    for (const path of [
      `/v2/offers/${campaign.offer_ids[0]}`,
      `/v2/creatives/${campaign.creative_ids[0]}`,
      `/v2/campaigns/${campaign.campaign_id}`,
      `/v2/messages/${message_id}`,
      `/v2/links/${link_ids[0]}`,
    ]) {
      expect((await other.call('GET', path)).status, path).toBe(404);
      expect((await sender.call('GET', path)).status, path).toBe(200);
    }
    expect((await other.call('GET', '/v2/reports/campaigns')).body.rows).toEqual([]);
  });

  it('lets a changed and a paused offer take effect within a second', async () => {
    const { link_ids } = await sendTo('eve');
    const link_id = link_ids[1] ?? '';
    const offer = `/v2/offers/${campaign.offer_ids[1]}`;
    expect((await phones.open(link_id, PHONE))?.location).toContain('shop2.example');
    await sender.call('PATCH', offer, { destination_url: 'https://new.example/{{link_id}}' });
    const location = async (): Promise<string> => (await phones.open(link_id, PHONE))?.location ?? '';
    await untilSeen('the new destination', location, `https://new.example/${link_id}`);
    await sender.call('PATCH', offer, { status: 'paused' });
    const status = async (): Promise<number> => (await phones.open(link_id, PHONE))?.status ?? 0;
    await untilSeen('the link of a paused offer', status, 410);
    await sender.call('PATCH', offer, { status: 'active', fallback_url: 'https://over.example/' });
    await untilSeen('the link of the offer that goes on', status, 302);
    await sender.call('PATCH', `/v2/links/${link_id}`, { status: 'disabled' });
    await untilSeen('the fallback of a disabled link', location, 'https://over.example/');
  });

  it('lets a change take effect within a second also after Redis was lost and came back', async () => {
    const { link_ids } = await sendTo('finn');
    const link_id = link_ids[0] ?? '';
    const offer = `/v2/offers/${campaign.offer_ids[0]}`;
    const location = async (): Promise<string> => (await phones.open(link_id, PHONE))?.location ?? '';
    expect(await location()).toContain('shop1.example');
    await system.kill('redis');
    await untilSeen(
      'a change of the offer',
      async () => (await sender.call('PATCH', offer, { destination_url: 'https://back.example/' })).status,
      200,
    );
    await untilSeen('the new destination', location, 'https://back.example/');
  });

  it('shows every part in the metrics', async () => {
    const text = await readMetrics(system);
    for (const name of [
      'trackly_redirect_requests_total{outcome="redirected"}',
      'trackly_redirect_seconds_bucket',
      'trackly_link_cache_hits_total',
      'trackly_batch_rows_bucket',
      'trackly_stream_entries',
      'trackly_queue_jobs',
      'trackly_insert_seconds_bucket',
      'trackly_click_to_report_seconds_bucket',
    ]) {
      expect(text).toContain(name);
    }
  });

  it('keeps the processes apart in the metrics, and pushes the same to a collector', async () => {
    const text = await (await fetch(`http://127.0.0.1:${metrics_port}/metrics`)).text();
    for (const process of ['redirect-1', 'redirect-2', 'worker-1', 'api', 'clickhouse']) {
      expect(text).toContain(
        `trackly_process_up{process="${process}",role="${process.replace(/-.*/, '')}"} 1`,
      );
    }
    expect(text).toMatch(/^trackly_clock_offset_seconds\{process="api",server="clickhouse"\} -?0/m);
    await untilSeen(
      'the pushed metrics',
      async () =>
        collector.metrics.find(({ name }) => name === 'trackly_processes')?.gauge?.dataPoints.length,
      3,
    );
  });

  it('says in the health how everything does, to the operator', async () => {
    const ask = async (key: string) =>
      (await fetch(`${system.api_url}/v2/health`, { headers: { 'x-api-key': key } })).json();
    const checks = async (): Promise<string[]> =>
      (await ask(system.admin_key)).checks
        .filter(({ state, name }: { state: string; name: string }) => state !== 'ok' && name !== 'Disks')
        .map(({ name }: { name: string }) => name);
    // Nobody has made a backup.
    await untilSeen('the health', async () => (await checks()).join(), 'Backups');
    const own = await ask(sender.api_key);
    // Its own clicks are counted: what else there is to do is not its matter.
    expect([own.state, own.checks, own.admin, own.logs.length]).toEqual(['ok', undefined, null, 6]);
  });

  it('can be traced over redirect and worker to the insert, where a trusted proxy began it', async () => {
    const [message] = await sender.send([
      { contact_id: 'traced', creative_id: campaign.creative_ids[0], fields: { first_name: 'Kim' } },
    ]);
    const trace_id = '0af7651916cd43dd8448eb211c80319c';
    const traceparent = `00-${trace_id}-b7ad6b7169203331-01`;
    const url = `${system.redirect_url}/${message?.links[0]?.link_id}`;
    const tap = await fetch(url, { redirect: 'manual', headers: { traceparent } });
    expect(tap.status).toBe(302);
    await untilSeen(
      'the spans',
      async () =>
        collector.spans
          .map(({ instance, name }) => `${instance.replace(/-.*/, '')}: ${name}`)
          .toSorted()
          .join(),
      [
        ...['redirect: find link', 'redirect: log click', 'redirect: tap', 'worker: claim first clicks'],
        ...['worker: insert', 'worker: judge clicks', 'worker: wait on the log'],
      ].join(),
    );
    const root = collector.spans.find(({ name }) => name === 'tap');
    expect(root).toMatchObject({ trace_id, parent_id: 'b7ad6b7169203331' });
    const others = collector.spans.filter((span) => span !== root);
    expect(others.every((span) => span.trace_id === trace_id && span.parent_id === root?.span_id)).toBe(true);
  });

  it('gives the metrics without a key on METRICS_PORT alone', async () => {
    const at = (url: string, headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${url}/metrics`, { headers });
    const open = `http://127.0.0.1:${metrics_port}`;
    expect(await (await at(open)).text()).toContain('trackly_redirect_requests_total');
    for (const path of ['/', '/v2/offers', '/metrics/x']) expect((await fetch(open + path)).status).toBe(404);
    expect((await fetch(`${open}/metrics`, { method: 'POST' })).status).toBe(404);
    expect((await at(system.api_url)).status).toBe(401);
    expect((await at(system.api_url, { 'x-api-key': sender.api_key })).status).toBe(403);
  });

  it('writes no secret into what it prints where no terminal is, nor into the arguments of a process', async () => {
    const files = ['admin.key', 'redis.password', 'clickhouse.password', 'clickhouse-analyst.password'];
    const secrets = await Promise.all(
      [...files, 'installation.key'].map((file) => readFile(join(system.data_dir, file), 'utf8')),
    );
    const processes = Object.values(await system.pids());
    const shown = await Promise.all(
      processes.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
    );
    expect(system.output()).toContain(join(system.data_dir, 'admin.key'));
    for (const secret of secrets.map((text) => text.trim())) {
      expect(secret.length).toBeGreaterThan(30);
      expect(system.output()).not.toContain(secret);
      expect(shown.join('\n')).not.toContain(secret);
    }
  });

  it('writes no address, user agent or key into its logs', () => {
    for (const secret of ['iPhone', '127.0.0.1', sender.api_key]) {
      const lines = system
        .output()
        .split('\n')
        .filter((line) => line.startsWith('{'))
        // The servers of this system have the address of its visitors.
        .map((line) => line.replace(/_URL \(127\.0\.0\.1:\d+\)/g, '_URL'));
      expect(lines.filter((line) => line.includes(secret))).toEqual([]);
    }
  });
});
