/**
 * What GET /v2/live knows of the last half hour of one account and its filters: clicks by minute and country. The last two
 * minutes are counted anew each time, and all of them every RECOUNT_EVERY_MS, because a click may come in late: the counts
 * are the table's, not a running sum. Pure, but for its memory: MINUTES_KEPT minutes.
 */
import { z } from 'zod';
import type { MinuteOfCountry } from './live-rows.ts';

export const MINUTES_KEPT = 30;
const MINUTE_MS = 60_000;
export const RECOUNT_EVERY_MS = 30_000;
/** The rate is that of these seconds before now: younger clicks are on their way. */
export const RECENT_FROM_S = 12;
export const RECENT_TO_S = 2;
/** Clicks that a client is sent in a second. */
export const SHOWN_PER_S_MAX = 40;
/** Those within the time that a question looks back (see live.ts), and a second of reserve. */
const SHOWN_PER_QUESTION = SHOWN_PER_S_MAX * 4;
const COUNTRIES_MAX = 60;

export const activity = z.object({
  at: z.iso.datetime().describe('When it is told, by the clock of the server'),
  per_second: z
    .number()
    .describe(`Clicks a second, over the seconds from ${RECENT_FROM_S} to ${RECENT_TO_S} before now`),
  one_of: z
    .int()
    .describe(
      '1: every click is in `clicks`. Otherwise one of so many, always the same ones: all are counted, not all are listed',
    ),
  minutes: z
    .array(z.object({ minute: z.string(), human: z.number(), bot: z.number() }))
    .describe(
      `Minutes whose counts have changed, of the last ${MINUTES_KEPT}; the first event has all that have clicks`,
    ),
  countries: z
    .array(z.object({ country: z.string(), clicks: z.number() }))
    .describe(`Of the last ${MINUTES_KEPT} minutes, the most first; '' where it is not known`),
});
/** But for when it is told. */
export type Activity = Omit<z.output<typeof activity>, 'at'>;

export class RecentActivity {
  /** By Unix time in s of the minute's start. */
  readonly #minutes = new Map<number, MinuteOfCountry[]>();
  #recounted_ms = 0;
  #last: Activity = { per_second: 0, one_of: 1, minutes: [], countries: [] };

  /** From when on the minutes are to be counted now. */
  from(now_ms: number): number {
    const back = now_ms - this.#recounted_ms >= RECOUNT_EVERY_MS ? MINUTES_KEPT - 1 : 1;
    return (Math.floor(now_ms / MINUTE_MS) - back) * MINUTE_MS;
  }

  /** Takes the counts of all minutes from `from_ms` on. Returns what has changed. */
  take(rows: readonly MinuteOfCountry[], from_ms: number, now_ms: number): Activity {
    const before = this.minutes();
    if (from_ms < now_ms - 2 * MINUTE_MS) this.#recounted_ms = now_ms;
    const oldest = Math.floor(now_ms / MINUTE_MS) * 60 - (MINUTES_KEPT - 1) * 60;
    for (const minute of this.#minutes.keys())
      if (minute < oldest || minute * 1_000 >= from_ms) this.#minutes.delete(minute);
    for (const row of rows) this.#minutes.set(row.minute, [...(this.#minutes.get(row.minute) ?? []), row]);
    const known = new Map(before.map((one) => [one.minute, one]));
    const changed = this.minutes().filter(({ minute, human, bot }) => {
      const was = known.get(minute);
      return was?.human !== human || was.bot !== bot;
    });
    this.#last = {
      per_second: sum(rows, 'recent') / (RECENT_FROM_S - RECENT_TO_S),
      one_of: partOf(sum(rows, 'fresh')),
      minutes: changed,
      countries: this.#countries(),
    };
    return this.#last;
  }

  /** For who has just come: all minutes. */
  whole(): Activity {
    return { ...this.#last, minutes: this.minutes() };
  }

  minutes(): Activity['minutes'] {
    return [...this.#minutes]
      .toSorted(([a], [b]) => a - b)
      .map(([minute, rows]) => ({
        minute: new Date(minute * 1_000).toISOString(),
        human: sum(rows, 'human'),
        bot: sum(rows, 'bot'),
      }));
  }

  #countries(): Activity['countries'] {
    const clicks = new Map<string, number>();
    for (const { country, human, bot } of [...this.#minutes.values()].flat())
      clicks.set(country, (clicks.get(country) ?? 0) + human + bot);
    return [...clicks]
      .map(([country, count]) => ({ country, clicks: count }))
      .toSorted((a, b) => b.clicks - a.clicks || (a.country < b.country ? -1 : 1))
      .slice(0, COUNTRIES_MAX);
  }
}

/** The part of `fresh` clicks that is listed: a power of two. */
export const partOf = (fresh: number): number =>
  2 ** Math.max(0, Math.ceil(Math.log2(fresh / SHOWN_PER_QUESTION)));

const sum = (rows: readonly MinuteOfCountry[], of: 'human' | 'bot' | 'recent' | 'fresh'): number =>
  rows.reduce((total, row) => total + row[of], 0);
