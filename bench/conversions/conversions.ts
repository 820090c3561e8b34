/**
 * How fast are conversions received and booked, and how cheap are invalid ones? Starts the whole system, reports
 * through the public listener, and waits for the money ledger. See README.md beside this file.
 */
import autocannon from 'autocannon';
import { createPhones, PHONE } from '../../test/support/phones.ts';
import { createSender } from '../../test/support/sender.ts';
import { startSystem } from '../../test/support/system.ts';
import { until } from '../../test/support/until.ts';
import type { Bench } from '../bench.ts';
import { machine } from '../support/measure.ts';

const SECONDS = 6;
const SECONDS_QUICK = 3;
const CONNECTIONS = 64;
const LINKS = 1_000;
const BOOKED_WITHIN_MS = 120_000;

interface Result {
  per_s: number;
  p99_ms: number;
  answered: number;
}

/** Requests `path(n)` for n = 0, 1, 2 … as fast as possible. */
async function load(url: string, seconds: number, path: (n: number) => string): Promise<Result> {
  let n = 0;
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: seconds,
    requests: [{ setupRequest: (request) => ({ ...request, path: path(n++) }) }],
  });
  return {
    per_s: Math.round(result.requests.average),
    p99_ms: result.latency.p99,
    answered: result['2xx'] + result['4xx'],
  };
}

/** `--seconds 20`: duration for each kind of report. */
export const bench: Bench = async ({ quick, options }) => {
  const seconds = Number(options.seconds ?? (quick ? SECONDS_QUICK : SECONDS));
  const system = await startSystem();
  try {
    const sender = await createSender(system);
    const { body } = await sender.call('POST', '/v2/offers', {
      name: 'Bench',
      destination_url: 'https://shop.example/?click={{click_id}}',
      payout_type: 'revshare',
      payout: '12.5',
    });
    const offer_id = body.offer_id as string;
    const offer_links = [{ key: 'link1', offer_id }];
    const creative = await sender.call('POST', '/v2/creatives', {
      name: 'Bench',
      body: '{{link1}}',
      offer_links,
    });
    const { creative_id } = creative.body;
    const messages = await sender.send(
      Array.from({ length: LINKS }, (_, i) => ({ contact_id: `c${i}`, creative_id })),
    );
    const link_ids = messages.map(({ links }) => links[0]?.link_id ?? '');
    const phones = createPhones(system.redirect_url, CONNECTIONS);
    await Promise.all(link_ids.map((link_id) => phones.open(link_id, PHONE)));
    phones.close();

    const conv = (query: Record<string, string>): string => `/conv?${new URLSearchParams(query)}`;
    const link = (n: number): string => link_ids[n % LINKS] ?? '';
    const distinct = await load(system.redirect_url, seconds, (n) =>
      conv({ link_id: link(n), revenue: '19.99', txn_id: `order-${n}` }),
    );
    const answered_at = performance.now();
    await until(
      async () => {
        const report = await sender.call('GET', `/v2/reports/offers?offer_id=${offer_id}`);
        return report.body.totals.conversions >= distinct.answered;
      },
      BOOKED_WITHIN_MS,
      () => 'not every conversion was booked',
    );
    const booked_after_s = Number(((performance.now() - answered_at) / 1_000).toFixed(2));
    const duplicates = await load(system.redirect_url, seconds, (n) =>
      conv({ link_id: link(n), revenue: '19.99', txn_id: `order-${n % LINKS}` }),
    );
    const unknown = await load(system.redirect_url, seconds, (n) =>
      conv({ link_id: `Z${String(n).padStart(6, '0')}` }),
    );
    const wrong = await load(system.redirect_url, seconds, (n) =>
      conv({ link_id: link(n), secret: 'acc_none.0123456789012345678901' }),
    );
    return { ...machine(), distinct, booked_after_s, duplicates, unknown, wrong_secret: wrong };
  } finally {
    await system.destroy();
  }
};
