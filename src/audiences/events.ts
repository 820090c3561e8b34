/**
 * The events of contacts in ClickHouse: human clicks by their current verdicts, conversions in their current state,
 * messages that were not cancelled, and opt-outs, all in rows of the same shape. `step` is 1, or -1 for a row that
 * reverses another: always use sum(step). Rows without a contact id, and of erased contacts, are left out. Pure: names
 * only, values are parameters.
 */
import { IS_CANCELLED } from '../messages/delivery-state.ts';
import { OPT_OUT_PART, optOutKey } from '../optouts/opt-out.ts';
import { PSEUDONYM_PREFIX } from '../privacy/pseudonym.ts';
import type { EventKind } from './conditions.ts';

const COLUMNS =
  'contact_id, offer_id, campaign_id, variant_id, creative_id, message_id, link_id, link_key, clicked_at AS at';

/**
 * A click whose verdict changed is repeated with the opposite sign. Such clicks are few, and this needs no join over
 * all clicks. Their times stand in the sorting key: first among them, then by id.
 */
const CHANGED = `clicked_at IN (
    SELECT clicked_at FROM trackly.verdicts WHERE account_id = {account_id:String}
  ) WHERE click_id IN (
    SELECT click_id FROM trackly.verdicts WHERE account_id = {account_id:String}
    GROUP BY click_id HAVING sum(sign * (verdict = 'human')) != 0
  )`;

/** The beginning of the keys of an account's opt-outs: `optout:{acc_…}:`. */
const OPT_OUT_KEYS = optOutKey('\n', '')
  .split('\n')
  .map((part) => `'${part}'`)
  .join(', {account_id:String}, ');

/**
 * A query for the rows of the account, and of the contacts that `whose`, a condition on contact_id, lets
 * through. Parameter: account_id.
 */
export function eventsOf(kind: EventKind, whose?: string): string {
  const of = `account_id = {account_id:String} AND contact_id != ''
    AND NOT startsWith(contact_id, '${PSEUDONYM_PREFIX}')${whose === undefined ? '' : ` AND ${whose}`}`;
  switch (kind) {
    case 'clicks':
      return `
  SELECT ${COLUMNS}, toInt8(1) AS step
  FROM trackly.clicks WHERE ${of} AND verdict = 'human'
  UNION ALL
  SELECT ${COLUMNS}, if(verdict = 'human', toInt8(-1), toInt8(1)) AS step
  FROM trackly.clicks PREWHERE ${of} AND ${CHANGED}`;
    case 'conversions':
      return `
  SELECT contact_id, offer_id, campaign_id, variant_id, creative_id, message_id, link_id, link_key,
    converted_at AS at, sign AS step, conversions, currency, sales - refunds AS revenue
  FROM trackly.conversions WHERE ${of} AND status = 'attributed'`;
    case 'sends':
      return `
  SELECT contact_id, offer_ids, campaign_id, variant_id, creative_id, message_id, link_ids, link_keys,
    sent_at AS at, toInt8(1) AS step
  FROM trackly.sends WHERE ${of} AND NOT ${IS_CANCELLED}`;
    case 'opt_outs':
      return `
  SELECT contact_id, at, toInt8(1) AS step FROM (
    SELECT {account_id:String} AS account_id, argMax(value, version) AS newest,
      JSONExtractString(newest, ${OPT_OUT_PART.contact_id}) AS contact_id,
      fromUnixTimestamp64Milli(JSONExtractInt(newest, ${OPT_OUT_PART.at_ms}), 'UTC') AS at
    FROM trackly.records WHERE startsWith(key, concat(${OPT_OUT_KEYS}))
    GROUP BY key HAVING newest != '' AND JSONExtractInt(newest, ${OPT_OUT_PART.opted_out}) = 1
  ) WHERE ${of}`;
  }
}
