/**
 * Random conversions of random clicks, in two currencies and with refunds, and the simple computation of money and rates
 * that the reports are held against: plain loops over the rows, no rollup, no SQL.
 */
import type { ClickHouseClient } from '../../src/clickhouse/client.ts';
import { REPORTS, type ReportName } from '../../src/reports/definitions.ts';
import type { MoneyTime, RangeBy } from '../../src/reports/measures.ts';
import { type Counts, type Data, type DataClick, localHour, seededRandom } from './report-data.ts';

export interface DataConversion {
  click: DataClick;
  converted_at_ms: number;
  currency: string;
  /** Negative for a refund, which is no conversion. */
  cents: number;
}

const DAY_MS = 24 * 3_600_000;
const QUARTER_HOUR_MS = 15 * 60_000;

/** Up to three conversions of a third of the first clicks, some of them refunded later. */
export function randomConversions(seed: number, { clicks }: Data): DataConversion[] {
  const random = seededRandom(seed);
  const conversions: DataConversion[] = [];
  for (const click of clicks.filter(({ is_first_for_offer }) => is_first_for_offer)) {
    if (random() > 0.35) continue;
    for (let times = 1 + Math.floor(random() * 3); times > 0; times--) {
      const converted_at_ms = click.clicked_at_ms + Math.floor(random() * 3 * DAY_MS);
      const sale = {
        click,
        converted_at_ms,
        currency: random() < 0.7 ? 'EUR' : 'USD',
        cents: 1 + Math.floor(random() * 9_999),
      };
      conversions.push(sale);
      if (random() < 0.2) {
        const refunded = Math.ceil(sale.cents * random());
        conversions.push({
          ...sale,
          cents: -refunded,
          converted_at_ms: converted_at_ms + Math.floor(random() * DAY_MS),
        });
      }
    }
  }
  return conversions;
}

const text = (cents: number): string => (cents / 100).toFixed(2);

/** As a worker books them, each as a line of its own. */
export async function insertConversions(
  client: ClickHouseClient,
  conversions: readonly DataConversion[],
): Promise<void> {
  await client.insert({
    table: 'trackly.conversions',
    format: 'JSONEachRow',
    clickhouse_settings: { input_format_skip_unknown_fields: 1 },
    values: conversions.map(({ click, converted_at_ms, currency, cents }, n) => ({
      ...click,
      transaction: `txn:${n}`,
      conversion_id: `cnv_${n}`,
      event: cents < 0 ? 'refund' : 'sale',
      sign: 1,
      status: 'attributed',
      converted_at: converted_at_ms,
      received_at: converted_at_ms,
      credited_at: click.clicked_at_ms,
      sent_at: click.sent_at_ms,
      conversions: cents < 0 ? 0 : 1,
      currency,
      sales: text(Math.max(0, cents)),
      refunds: text(Math.max(0, -cents)),
      payout: '0',
    })),
  });
}

export interface Earned {
  conversions: number;
  cents: number;
}

export interface Kind {
  range_by: RangeBy;
  money_by: MoneyTime;
}

/** By the ids of a report, joined by a space, and by currency. */
export function expectedMoney(
  name: ReportName,
  conversions: readonly DataConversion[],
  { range_by, money_by, from_ms, to_ms }: Kind & { from_ms: number; to_ms: number },
): Map<string, Map<string, Earned>> {
  const items = new Map<string, Map<string, Earned>>();
  for (const { click, converted_at_ms, currency, cents } of conversions) {
    const event_ms = money_by === 'click' ? click.clicked_at_ms : converted_at_ms;
    const time_ms = range_by === 'sent' ? click.sent_at_ms : event_ms;
    const quarter_ms = Math.floor(time_ms / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
    if (quarter_ms < from_ms || quarter_ms >= to_ms) continue;
    const values = REPORTS[name].ids.map((id) =>
      id === 'hour' ? localHour(time_ms, 'UTC') : String(click[id as keyof DataClick]),
    );
    if (values.at(-1) === '') continue;
    const money = items.get(values.join(' ')) ?? new Map<string, Earned>();
    items.set(values.join(' '), money);
    const earned = money.get(currency) ?? { conversions: 0, cents: 0 };
    money.set(currency, {
      conversions: earned.conversions + (cents < 0 ? 0 : 1),
      cents: earned.cents + cents,
    });
  }
  return items;
}

/** The rates of a row, or of totals in one currency; null where they would not divide by what they answer. */
export function expectedRates(
  { sent, clicks_unique }: Pick<Counts, 'sent' | 'clicks_unique'>,
  { conversions, cents }: Earned,
  { range_by, money_by }: Kind,
): Record<'click_rate' | 'cvr' | 'message_cvr' | 'epc' | 'rpm', number | null> {
  const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
  const of_messages = range_by === 'sent';
  const of_clicks = of_messages || money_by === 'click';
  return {
    click_rate: of_messages ? share(clicks_unique, sent) : null,
    message_cvr: of_messages ? share(conversions, sent) : null,
    rpm: of_messages ? share(cents * 10, sent) : null,
    cvr: of_clicks ? share(conversions, clicks_unique) : null,
    epc: of_clicks ? share(cents / 100, clicks_unique) : null,
  };
}
