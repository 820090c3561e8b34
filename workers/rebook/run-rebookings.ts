/**
 * Books past ranges of conversions anew, and back, oldest request first, one at a time in the whole installation. It puts
 * the range into its offer (or takes it out), waits until all batches that read the offer before are booked, and asks to
 * recheck each transaction of the range, part by part; the batches book the differences.
 *
 * If the worker dies, another one continues after the last finished part; a part that is rechecked twice books nothing
 * twice. With Redis or ClickHouse down it waits for them.
 */
import type { Rebooked } from '../../src/catalog/attribution.ts';
import { updateEntity } from '../../src/catalog/catalog-store.ts';
import { encodeRecheck, type Recheck } from '../../src/conversions/conversion.ts';
import { logRows } from '../../src/conversions/log-conversions.ts';
import {
  countReversed,
  countTransactions,
  transactionsAfter,
} from '../../src/conversions/rebooking/range.ts';
import {
  closeRebooking,
  nextOpen,
  type Rebooking,
  rebookingKey,
} from '../../src/conversions/rebooking/rebooking.ts';
import { untilBooked } from '../conversions/until-booked.ts';
import { runAlone, type Turn } from '../run-alone.ts';
import type { WorkerContext } from '../worker-context.ts';

/** Transactions in one part: new conversions never wait behind more. */
const PART_TRANSACTIONS = 2_000;
const LOCK_KEY = 'rebookings:worker';

type Ground = Pick<WorkerContext, 'redis' | 'clickhouse' | 'logger'>;

export function runRebookings(ground: Ground): { close(): Promise<void> } {
  const { redis, logger } = ground;
  return runAlone<Rebooking>(redis, {
    lock_key: LOCK_KEY,
    next: () => nextOpen(redis),
    keyOf: ({ booking }) => rebookingKey(booking),
    work: (rebooking, turn) => rebook(ground, rebooking, turn),
    // ClickHouse's messages quote rows.
    interrupted: ({ name }) => logger.warn({ error: name }, 'a range is booked anew shortly'),
  });
}

/** Continues `rebooking` until it is finished. */
async function rebook(ground: Ground, rebooking: Rebooking, turn: Turn): Promise<void> {
  const { redis, clickhouse, logger } = ground;
  const { account_id, offer_id, booking } = rebooking;
  if (rebooking.state === 'waiting' || rebooking.state === 'undo_waiting')
    await begin(ground, rebooking, turn);
  for (;;) {
    await turn.hold();
    const names = await transactionsAfter(clickhouse, rebooking, rebooking.cursor, PART_TRANSACTIONS);
    const last = names.at(-1);
    if (last === undefined) break;
    await logRows(
      redis,
      names.map((transaction): [Recheck, string] => {
        const one = { account_id, offer_id, transaction };
        return [one, encodeRecheck(one)];
      }),
    );
    await untilBooked(redis, turn.hold);
    rebooking.cursor = last;
    rebooking.rechecked += names.length;
    await turn.save();
  }
  rebooking.changed = await countReversed(clickhouse, rebooking, Date.parse(rebooking.started_at));
  rebooking.state = rebooking.state === 'undoing' ? 'undone' : 'done';
  rebooking.finished_at = new Date().toISOString();
  await turn.save();
  await closeRebooking(redis, rebooking);
  logger.info({ booking, state: rebooking.state, changed: rebooking.changed }, 'a range was booked anew');
}

async function begin({ redis, clickhouse }: Ground, rebooking: Rebooking, turn: Turn): Promise<void> {
  const { account_id, offer_id, booking } = rebooking;
  const undo = rebooking.state === 'undo_waiting';
  await updateEntity(redis, 'offer', account_id, offer_id, async ({ rebooked = [], ...offer }) => {
    // A worker that wakes late must not change what was undone meanwhile: whoever went on has changed the offer.
    await turn.hold();
    const others = rebooked.filter((one) => one.booking !== booking);
    const place = rebooked.findIndex((one) => one.booking === booking);
    if (undo) return { ...offer, rebooked: others };
    return { ...offer, rebooked: place === -1 ? [...others, rebookedOf(rebooking)] : rebooked };
  });
  // Batches that are decided from now on see it.
  await untilBooked(redis, turn.hold);
  rebooking.transactions = await countTransactions(clickhouse, rebooking);
  rebooking.started_at = new Date().toISOString();
  rebooking.state = undo ? 'undoing' : 'running';
  await turn.save();
}

const rebookedOf = ({
  booking,
  model,
  window_days,
  view_window_hours,
  from_ms,
  to_ms,
}: Rebooking): Rebooked => ({
  ...{ booking, model, from_ms, to_ms },
  ...(window_days !== undefined && { window_days }),
  ...(view_window_hours !== undefined && { view_window_hours }),
});
