/**
 * Keeps the events of a batch for the webhooks that ask for them: inserts them under the batch's token with an ending of
 * its own, before the batch is finished, so that after any kill none is missing and none is there twice. Which webhooks
 * there are, and what each asks for, is decided once with the batch: every try inserts the same rows under the same
 * tokens. Without a webhook in these accounts it looks into memory and returns. Rejects when Redis or ClickHouse is
 * down; the batch is retried.
 */
import { accountKey } from '../../src/catalog/definitions.ts';
import { nativeColumns } from '../../src/clickhouse/columns.ts';
import type { Batch } from '../../src/log/batches.ts';
import { decide } from '../../src/log/decisions.ts';
import { nextTurn } from '../../src/platform/next-turn.ts';
import { erasableColumns } from '../../src/privacy/erase-rows.ts';
import { type KeptEvent, WEBHOOK_EVENT_COLUMNS } from '../../src/webhooks/event-columns.ts';
import type { Happening, Objects } from '../../src/webhooks/events.ts';
import {
  isWanted,
  type KeptText,
  keptEvent,
  type Wanting,
  wantingOf,
} from '../../src/webhooks/wanted-events.ts';
import type { EventType } from '../../src/webhooks/webhook.ts';
import { insertRows } from '../batch/insert-rows.ts';
import type { WorkerContext } from '../worker-context.ts';

const COLUMNS = nativeColumns(erasableColumns<KeptEvent>(WEBHOOK_EVENT_COLUMNS));
/**
 * Webhooks of one insert. Bounds what a batch holds in memory at a time: of 10,000 clicks that each of them asks for in
 * two kinds, 320,000 rows.
 */
const WEBHOOKS_PER_INSERT = 16;
/** Less than the sequencer looks back for inserts that become visible late. */
const INSERT_S_MAX = 45;

export interface EventSource {
  /** Of the decision and in the tokens; one for each kind of rows that a batch has. */
  name: string;
  /** Of the rows of the batch. */
  account_ids: Iterable<string>;
  /** Which kinds of events there may be. */
  types: readonly EventType[];
  /** Called only if somebody asks for them. */
  make(objects: Objects): Happening[] | Promise<Happening[]>;
}

/** Safe to repeat. */
export async function keepEvents(
  context: WorkerContext,
  batch: Batch,
  { name, account_ids, types, make }: EventSource,
): Promise<void> {
  const asked = await wantingsOf(context, new Set(account_ids), types);
  if (asked.length === 0) return;
  const decided = await decide(context.redis, batch, JSON.stringify(asked), name);
  // Another worker has finished the batch.
  if (decided === undefined) return;
  const wantings = JSON.parse(decided) as Wanting[];
  const events = await make(await objectsOf(context, wantings));
  const erased = await context.erased.among(events, ({ at_ms }) => at_ms);
  const pseudonyms = events.map((event) => erased.of(event, event.at_ms));
  const made: Made = { events, pseudonyms, whole: [] };
  // Those that take batches wait for up to a second: in inserts of their own, they hold up no others.
  for (const [kind, part] of Map.groupBy(wantings, ({ events_max }) => (events_max > 1 ? 'b' : 's'))) {
    for (let from = 0; from < part.length; from += WEBHOOKS_PER_INSERT) {
      const token = `${batch.token}-${name}-${kind}${from / WEBHOOKS_PER_INSERT}`;
      const rows = rowsOf(part.slice(from, from + WEBHOOKS_PER_INSERT), made, token);
      // What was made is much work: others come first.
      await nextTurn();
      const insert = { table: 'webhook_events', columns: COLUMNS, rows, within_s: INSERT_S_MAX };
      await insertRows(context, batch, insert, token);
    }
  }
}

/** The events of a batch, each with the pseudonym of its contact, where that is erased, and its text, once it was made. */
interface Made {
  events: readonly Happening[];
  pseudonyms: readonly (string | undefined)[];
  whole: (KeptText | undefined)[];
}

function rowsOf(
  wantings: readonly Wanting[],
  { events, pseudonyms, whole }: Made,
  token: string,
): KeptEvent[] {
  const rows: KeptEvent[] = [];
  for (const wanting of wantings) {
    for (const [position, event] of events.entries()) {
      if (event.account_id !== wanting.account_id || !isWanted(wanting, event)) continue;
      const of_batch = { position, batch: token, pseudonym: pseudonyms[position] };
      rows.push(keptEvent(wanting, event, of_batch, whole));
    }
  }
  return rows;
}

async function wantingsOf(
  { webhooks }: WorkerContext,
  account_ids: ReadonlySet<string>,
  types: readonly EventType[],
): Promise<Wanting[]> {
  const found: Wanting[] = [];
  for (const account_id of account_ids) {
    for (const webhook of await webhooks.of(account_id)) {
      const wanting = wantingOf(webhook);
      if (wanting?.events.some((type) => types.includes(type))) found.push(wanting);
    }
  }
  return found;
}

async function objectsOf({ accounts }: WorkerContext, wantings: readonly Wanting[]): Promise<Objects> {
  const honouring = new Set<string>();
  for (const account_id of new Set(wantings.map((one) => one.account_id))) {
    const account = await accounts.load(accountKey(account_id));
    if (account?.honour_gpc !== false) honouring.add(account_id);
  }
  return (account_id, is_gpc) => is_gpc && honouring.has(account_id);
}
