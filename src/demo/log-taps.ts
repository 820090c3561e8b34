/**
 * Puts taps of the past on the log of clicks, as the redirect process does when they happen: the workers judge them, claim
 * the first of each contact and count them, so that reports, traces, ledger and audiences tell the same. Waits while the
 * log is full; rejects when Redis is down.
 */
import {
  CLICKS_LOG,
  clickPartition,
  encodeAgent,
  encodeClick,
  encodeClickLink,
  encodeClickPlacement,
  KEPT_HEADERS,
  keyOfClickRow,
} from '../clicks/click.ts';
import { encodeRefusedTap, type RefusedReason } from '../clicks/refused-tap.ts';
import { notesOfSpooled } from '../clicks/spools.ts';
import type { Placement } from '../links/link.ts';
import { appendAll, type Entry, ROWS_PER_ENTRY_MAX } from '../log/append.ts';
import { LogFullError } from '../log/refusal.ts';
import { newProducerId } from '../platform/random.ts';
import type { RedisClient } from '../platform/redis.ts';
import { sleep } from '../platform/sleep.ts';
import type { Visitor } from './people.ts';

const LOG_FULL_RETRY_MS = 500;
/** In the click ledger, beside the redirect processes. */
const PROCESS = 'trackly-demo';

export interface LoggedTap {
  click_id: string;
  at_ms: number;
  visitor: Visitor;
  /** Host that was asked. */
  domain: string;
  link: {
    link_id: string;
    message_id: string;
    contact_id: string;
    sent_at_ms: number;
    contact_country: string;
  };
  placement: Placement;
  /** Why it did not open; undefined for a click. */
  refused?: RefusedReason | undefined;
}

/** In order of time. Repeating it counts the taps again. */
export async function logTaps(
  redis: RedisClient,
  taps: readonly LoggedTap[],
  bytes_max: number,
): Promise<void> {
  const producer = newProducerId();
  const partitions = Map.groupBy(taps, ({ link, placement }) =>
    clickPartition({ account_id: placement.account_id, ...link }),
  );
  for (const [partition, of] of partitions) {
    for (let from = 0, sequence = 1; from < of.length; from += ROWS_PER_ENTRY_MAX, sequence++) {
      const rows = of.slice(from, from + ROWS_PER_ENTRY_MAX).map(rowOf);
      const payload = rows.join('\n');
      await appendWhole(
        redis,
        { partition, producer, sequence, rows: rows.length, payload, process: PROCESS },
        bytes_max,
      );
    }
  }
}

async function appendWhole(redis: RedisClient, entry: Entry, bytes_max: number): Promise<void> {
  for (;;) {
    const appending = { entry, notes: notesOfSpooled };
    const [answer] = await appendAll(redis, CLICKS_LOG, [appending], { bytes_max, keyOf: keyOfClickRow });
    if (typeof answer === 'number') return;
    if (!(answer instanceof LogFullError)) throw answer;
    await sleep(LOG_FULL_RETRY_MS);
  }
}

function rowOf({ click_id, at_ms, visitor, domain, link, placement, refused }: LoggedTap): string {
  const { method, ip, user_agent, headers } = visitor;
  const row = encodeClick({
    click_id,
    clicked_at_ms: at_ms,
    request: { method, ip, query: '' },
    agent_json: encodeAgent({ user_agent, headers: KEPT_HEADERS.map((name) => headers[name] ?? '') }),
    domain,
    link_json: encodeClickLink(link, encodeClickPlacement(placement)),
    answered: 'redirect',
    trace: '',
  });
  if (refused === undefined) return row;
  return encodeRefusedTap({ reason: refused, status: 410, location: '', is_click: false }, row);
}
