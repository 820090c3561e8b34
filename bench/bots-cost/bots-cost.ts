/**
 * What does a verdict cost, in µs of CPU with warm caches? Measured in the worker with and without counting the
 * activity of addresses, and in a redirect process that filters, with the requests of the labelled set, repeated. See
 * ../bots/README.md.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { countActivity, type Opened } from '../../src/bots/address-activity.ts';
import { ALONE } from '../../src/bots/evidence.ts';
import { openJudge } from '../../src/bots/judge.ts';
import { KEPT_HEADERS } from '../../src/clicks/click.ts';
import { readConfig } from '../../src/config.ts';
import { gateOf } from '../../src/redirect/steps/choose-gate.ts';
import type { TapRequest } from '../../src/redirect/tap.ts';
import type { Bench } from '../bench.ts';
import { machine } from '../support/measure.ts';

const ROUNDS = 400;
const WARM_ROUNDS = 50;
/** µs of CPU for each of `count` verdicts. */
function measure(count: number, run: () => void): number {
  for (let round = 0; round < WARM_ROUNDS; round++) run();
  const before = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round++) run();
  const { user, system } = process.cpuUsage(before);
  return Math.round(((user + system) / ROUNDS / count) * 100) / 100;
}

export const bench: Bench = async () => {
  const judge = openJudge(readConfig().bot_rules);
  const requests = ['people', 'bots']
    .flatMap((name) => ['tuning', 'held-out'].map((half) => `${name}.${half}.ndjson`))
    .flatMap((file) =>
      readFileSync(join(import.meta.dirname, '../bots', file), 'utf8')
        .trimEnd()
        .split('\n'),
    )
    .map((line) => JSON.parse(line) as { user_agent: string; ip: string; headers: Record<string, string> });
  const account = { blocked_countries: ['KP'], bot_filter: 'filter' };
  const plain = {};
  const now_ms = Date.now();
  const link = { link_id: 'abc1234', message_id: 'm', sent_at_ms: now_ms - 600_000, contact_country: '' };

  const clicks = requests.map(({ user_agent, ip, headers }) => ({
    user_agent,
    ip,
    headers,
    method: 'GET',
    contact_country: '',
    sent_at_ms: now_ms - 600_000,
    clicked_at_ms: now_ms,
    activity: ALONE,
    answered: 'redirect' as const,
  }));
  const worker_us = measure(clicks.length, () => {
    for (const click of clicks) judge.judge(click, plain, judge.place(click.ip, click.user_agent));
  });
  const opened: Opened[] = clicks.map((click, n) => ({
    at_ms: now_ms + n,
    recipient: `r${n}`,
    message: `m${n}`,
    link_id: `l${n}`,
    agent: click.user_agent.slice(-8),
  }));
  const activity_us = measure(opened.length, () => {
    countActivity([], opened);
  });
  const taps = requests.map(
    ({ user_agent, ip, headers }): TapRequest => ({
      method: 'GET',
      link_id: undefined,
      path: '',
      host: '',
      ip,
      user_agent,
      headers: KEPT_HEADERS.map((name) => headers[name] ?? ''),
      query: '',
      again: false,
    }),
  );
  const gate = (settings: object): number =>
    measure(taps.length, () => {
      const asked = { link, offer: undefined, account: settings as never };
      for (const request of taps) gateOf(judge, { request, at_ms: now_ms }, asked);
    });
  return {
    ...machine(),
    requests: requests.length,
    worker_us,
    activity_us,
    redirect_filter_us: gate(account),
    redirect_no_filter_us: gate({ blocked_countries: [], bot_filter: 'no_filter' }),
  };
};
