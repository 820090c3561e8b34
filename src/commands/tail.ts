/**
 * `trackly tail`: clicks and conversions as they come, until it is stopped. A connection that breaks is made again, and
 * what came in between is read from the lists. Of very many clicks the API shows a part: what part is said.
 */
import { addressOf } from '../client/address.ts';
import { type LiveEvent, type Trackly, TracklyError } from '../client/client.ts';
import { explained, openAccountClient } from './account-client.ts';
import { readArguments, UsageError } from './errors.ts';
import { endWithReader, printLines, shown } from './print.ts';

/** Rows of each kind that are read after a gap; a longer one has them in the reports only. */
const GAP_ROWS_MAX = 1_000;
/** Clicks reach the lists in another order than their times. */
const GAP_OVERLAP_MS = 10_000;
const SEEN_MAX = 10_000;
/** The API says something every second. */
const SILENT_MS_MAX = 2_500;
/** What happened before it began has reached the reports by then; what comes later was late, and is shown. */
const EARLIER_MS = 10_000;

type Kind = 'clicks' | 'conversions';
const KINDS: readonly Kind[] = ['clicks', 'conversions'];
type Row = Record<string, unknown>;

const OPTIONS = {
  campaign: { type: 'string' },
  offer: { type: 'string' },
  message: { type: 'string' },
  contact: { type: 'string' },
  verdict: { type: 'string' },
  country: { type: 'string' },
  json: { type: 'boolean' },
} as const;

interface Watched {
  kinds: readonly Kind[];
  filters: Record<string, string | undefined>;
  json: boolean;
}

export async function tail(args: string[]): Promise<void> {
  const { values, positionals } = readArguments(args, OPTIONS, 1);
  const [given] = positionals;
  const kind = KINDS.find((one) => one === given);
  if (given !== undefined && kind === undefined) {
    throw new UsageError(`there are clicks and conversions to watch, not "${given}"`);
  }
  const { campaign, offer, message, contact, verdict, country } = values;
  const filters = {
    ...{ campaign_id: campaign, offer_id: offer, message_id: message, contact_id: contact },
    ...{ verdict, country },
  };
  endWithReader();
  const trackly = openAccountClient();
  const watched: Watched = {
    kinds: kind === undefined ? KINDS : [kind],
    filters,
    json: values.json === true,
  };
  await explained(() => new Tail(trackly, watched).run());
}

class Tail {
  readonly #trackly: Trackly;
  readonly #watched: Watched;
  readonly #seen = new Set<string>();
  /** When something was heard last. */
  #heard_ms = Date.now();
  readonly #started = performance.now();
  /** When it began, by the clock of the API. */
  #begun_ms: number | undefined;
  #one_of = 1;

  constructor(trackly: Trackly, watched: Watched) {
    this.#trackly = trackly;
    this.#watched = watched;
  }

  async run(): Promise<void> {
    const query = this.#watched.filters as Record<string, string>;
    for await (const event of this.#trackly.live({ query })) {
      const silent_ms = Date.now() - this.#heard_ms;
      const from_ms = this.#heard_ms - GAP_OVERLAP_MS;
      this.#heard_ms = Date.now();
      if (event.event === 'activity')
        this.#begun_ms ??= Date.parse(event.data.at) - (performance.now() - this.#started);
      if (silent_ms > SILENT_MS_MAX) await this.#fillGap(from_ms).catch(noteGap);
      await this.#show(event);
    }
  }

  async #show({ event, data }: LiveEvent): Promise<void> {
    if (event === 'activity' && data.one_of !== this.#one_of) {
      this.#one_of = data.one_of;
      process.stderr.write(
        `trackly: ${data.one_of === 1 ? 'every click is shown' : `1 of ${data.one_of} clicks is shown`}\n`,
      );
    }
    if (event === 'clicks' || event === 'conversions') await this.#print(event, data);
  }

  /** What the lists have since `from_ms`, oldest first. */
  async #fillGap(from_ms: number): Promise<void> {
    const from = new Date(from_ms).toISOString();
    for (const kind of this.#watched.kinds) {
      const { asked, only } = gapOf(kind, this.#watched.filters, from);
      const address = addressOf(`/v2/${kind}`, asked);
      const answer = (await (await this.#trackly.open(address)).json()) as Record<string, Row[]>;
      const rows = (answer[kind] ?? answer['rows'] ?? []).filter(only);
      const own = kind === 'clicks' ? 'click_id' : 'conversion_id';
      await this.#print(kind, rows.map((row) => ({ id: row[own], ...row })).toReversed());
    }
  }

  async #print(kind: Kind, rows: readonly Row[]): Promise<void> {
    if (!this.#watched.kinds.includes(kind)) return;
    const begun_ms = this.#begun_ms ?? 0;
    const fresh = rows.filter((row) => !this.#seen.has(String(row['id'])) && !isEarlier(row, begun_ms));
    for (const { id } of fresh) this.#seen.add(String(id));
    for (const id of this.#seen) {
      if (this.#seen.size <= SEEN_MAX) break;
      this.#seen.delete(id);
    }
    if (fresh.length === 0) return;
    const type = kind === 'clicks' ? 'click' : 'conversion';
    await printLines(
      fresh.map((row) => (this.#watched.json ? JSON.stringify({ type, ...row }) : lineOf(kind, row))),
    );
  }
}

/** Whether it was there when `tail` began, or on its way into the reports. Rows of lists do not say when they got there. */
export function isEarlier(row: Row, begun_ms: number): boolean {
  const at_ms = Date.parse(String(row['clicked_at'] ?? row['received_at']));
  return at_ms < begun_ms && Number(row['inserted_ms'] ?? at_ms) < begun_ms + EARLIER_MS;
}

/** What a list is asked for, and which of its rows are watched: clicks are not listed by message or contact. */
export function gapOf(kind: Kind, filters: Watched['filters'], from: string) {
  const { verdict, country, ...ids } = filters;
  if (kind === 'conversions') return { asked: { ...ids, from, per_page: GAP_ROWS_MAX }, only: () => true };
  const { message_id, contact_id, ...listed } = ids;
  const wanted = Object.entries({ message_id, contact_id }).filter(([, id]) => id !== undefined);
  return {
    asked: { ...listed, verdict, country, from, limit: GAP_ROWS_MAX },
    only: (row: Row): boolean => wanted.every(([name, id]) => row[name] === id),
  };
}

/** A gap that can't be read ends nothing. */
function noteGap(error: unknown): void {
  if (!(error instanceof TracklyError)) throw error;
  process.stderr.write(`trackly: what came in between can not be read: ${error.message}\n`);
}

/** One line: when, what, and of what. */
export function lineOf(kind: Kind, row: Row): string {
  const at = shown(row['clicked_at'] ?? row['received_at'] ?? row['converted_at']).slice(11, 19);
  const first = row['is_first'] ? 'first' : '';
  const reasons = Array.isArray(row['bot_reasons']) ? row['bot_reasons'].join(',') : '';
  const words =
    kind === 'clicks'
      ? ['click', row['verdict'], first, row['country'], row['verdict'] === 'bot' ? reasons : '']
      : ['conversion', row['event'], row['status'], row['reason'], `${row['revenue']} ${row['currency']}`];
  const ids = ['link_id', 'campaign_id', 'offer_id', 'message_id', 'contact_id', 'txn_id'].flatMap((name) =>
    row[name] ? [`${name.replace('_id', '')}=${shown(row[name])}`] : [],
  );
  return [at, ...words.map(shown).filter((word) => word.trim() !== ''), ...ids].join('  ');
}
