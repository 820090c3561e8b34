/** Simulated offers: how often they raise a false alarm, and how long a real one takes. The guide has these figures. */
import { describe, expect, it } from 'vitest';
import { HISTORY_HOURS, judgeSilence, type OfferHistory } from '../../../../src/reports/alerts/silence.ts';
import { seededRandom } from '../../../support/report-data.ts';

interface Kind {
  /** Clicks on a day of sending; every day, or on some. */
  clicks_a_day: number;
  send_chance: number;
  rate: number;
  delay_hours: number;
  /** Conversions come in groups of this many. */
  group?: number;
}

const KINDS: Record<string, Kind> = {
  steady: { clicks_a_day: 500, send_chance: 1, rate: 0.05, delay_hours: 1 },
  slow: { clicks_a_day: 300, send_chance: 1, rate: 0.03, delay_hours: 48 },
  'one send a week': { clicks_a_day: 3_000, send_chance: 1 / 7, rate: 0.02, delay_hours: 6 },
  rare: { clicks_a_day: 100, send_chance: 1, rate: 0.02, delay_hours: 2 },
  grouped: { clicks_a_day: 500, send_chance: 0.5, rate: 0.03, delay_hours: 2, group: 5 },
};

/** `dies_at`: from this hour on no conversion arrives. */
function simulate(kind: Kind, hours: number, random: () => number, dies_at = hours): OfferHistory {
  const none = (): number[] => new Array<number>(hours).fill(0);
  const history = { clicks: none(), converted: none(), earned: none() };
  const add = (counts: number[], hour: number, count: number): void => {
    counts[hour] = (counts[hour] ?? 0) + count;
  };
  const { group = 1 } = kind;
  for (const hour of clickHours(kind, hours, random)) {
    add(history.clicks, hour, 1);
    const at = Math.floor(hour + random() - kind.delay_hours * Math.log(1 - random()));
    if (random() > kind.rate / group || at >= dies_at) continue;
    add(history.converted, at, group);
    add(history.earned, hour, group);
  }
  return history;
}

/** Clicks follow a send within three hours on average. */
function* clickHours(kind: Kind, hours: number, random: () => number): Generator<number> {
  for (let day = 0; day * 24 < hours; day++) {
    if (random() > kind.send_chance) continue;
    const sent_at = day * 24 + 8 + Math.floor(random() * 10);
    const count = kind.clicks_a_day * (0.5 + random());
    for (let i = 0; i < count; i++) {
      const hour = Math.floor(sent_at - 3 * Math.log(1 - random()));
      if (hour < hours) yield hour;
    }
  }
}

/** The four weeks before an hour. Clicks that had not converted by then had earned nothing yet: this is a bound. */
function before(history: OfferHistory, end: number): OfferHistory {
  const cut = (values: readonly number[]): number[] => values.slice(end - HISTORY_HOURS, end);
  return { clicks: cut(history.clicks), converted: cut(history.converted), earned: cut(history.earned) };
}

const WEEKS_AFTER = 4;
const HOURS = HISTORY_HOURS + WEEKS_AFTER * 7 * 24;

describe('an offer that converts as usual', () => {
  it.each(Object.entries(KINDS))('raises no alarm in 30 histories of four weeks: %s', (_name, kind) => {
    const random = seededRandom(29);
    let alarms = 0;
    for (let run = 0; run < 30; run++) {
      const history = simulate(kind, HOURS, random);
      let silent = false;
      for (let end = HISTORY_HOURS; end <= HOURS; end += 2) {
        const now = judgeSilence(before(history, end)) !== undefined;
        if (now && !silent) alarms++;
        silent = now;
      }
    }
    expect(alarms).toBe(0);
  });

  it('is not silent because nothing is sent', () => {
    const history = simulate(KINDS['steady'] as Kind, HISTORY_HOURS - 120, seededRandom(1));
    const quiet = (values: readonly number[]): number[] => [...values, ...new Array<number>(120).fill(0)];
    expect(
      judgeSilence({
        clicks: quiet(history.clicks),
        converted: quiet(history.converted),
        earned: quiet(history.earned),
      }),
    ).toBeUndefined();
  });

  it('is not judged by fewer than 30 conversions, nor without clicks', () => {
    const none = new Array<number>(HISTORY_HOURS).fill(0);
    expect(judgeSilence({ clicks: none.map(() => 9), converted: none, earned: none })).toBeUndefined();
    expect(judgeSilence({ clicks: none, converted: [50, ...none.slice(1)], earned: none })).toBeUndefined();
  });
});

describe('an offer that has gone silent', () => {
  it.each([
    ['steady', 24, 36],
    ['slow', 40, 48],
    ['one send a week', 60, 240],
    ['rare', 150, 204],
    ['grouped', 200, 370],
  ])(
    'raises the alarm: %s, half of them within %i hours, nine of ten within %i',
    (name, half_max, most_max) => {
      const random = seededRandom(30);
      const took: number[] = [];
      for (let run = 0; run < 30; run++) {
        const dies_at = HISTORY_HOURS + Math.floor(random() * 24);
        const history = simulate(KINDS[name] as Kind, HOURS, random, dies_at);
        let end = dies_at + 1;
        while (end < HOURS && judgeSilence(before(history, end)) === undefined) end++;
        took.push(end - dies_at);
      }
      took.sort((a, b) => a - b);
      expect(took[15]).toBeLessThanOrEqual(half_max);
      expect(took[27]).toBeLessThanOrEqual(most_max);
    },
  );
});
