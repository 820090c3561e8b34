/**
 * First clicks against a plain model: each claim is the earliest human click's for itself, whatever is stored together.
 * On a real Redis, with batches that run again, rejudgements within them, changes of the partitions, restores, and the
 * removal of the account.
 * `CLAIM_RUNS=2000` tries that many histories.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FirstOf, removalsOf, restoreClaims } from '../../src/clicks/claim-store.ts';
import { type Click, clickPartition } from '../../src/clicks/click.ts';
import {
  CLAIM_KEEP_S_MIN,
  type ClickPayout,
  claimEnd,
  encodeClaim,
  NO_PAYOUT,
  NOT_FIRST,
  offerClaimIn,
  offerField,
  RELEASED,
} from '../../src/clicks/first-click.ts';
import type { Conversion } from '../../src/conversions/conversion.ts';
import { readClaims } from '../../src/conversions/credits/find-claimants.ts';
import { addRows, NO_BYTES_MAX } from '../../src/log/append.ts';
import { type Batch, finish, freeze } from '../../src/log/batches.ts';
import { beginLayout, completeLayout } from '../../src/log/layouts.ts';
import { currentLayout, FIRST_LAYOUTS, useLayouts } from '../../src/log/partitions.ts';
import { type RedisClient, runAll } from '../../src/platform/redis.ts';
import { LOGS } from '../../src/records/backup/redis-keys.ts';
import { claimFirstClicks } from '../../workers/clicks/claim-first-clicks.ts';
import { isEarlier, moveClaims } from '../../workers/clicks/claims.ts';
import { someClick } from '../support/click-rows.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const RUNS = Number(process.env['CLAIM_RUNS'] ?? 40);
const OFFERS = ['off_AAAAAAAAAAAaaa', 'off_AAAAAAAAAAA-bb', ''];
const VISITORS = ['ann', 'bob'];
/** Messages to a contact, and links without a contact. */
const SUBJECTS = [
  { message_id: 'm0', link_id: 'l0', contact_id: 'c0' },
  { message_id: 'm1', link_id: 'l1', contact_id: 'c1' },
  { message_id: '', link_id: 'l2', contact_id: 'c2' },
  { message_id: 'm3', link_id: 'l3', contact_id: '' },
  { message_id: '', link_id: 'l4', contact_id: '' },
];
/** The last is as long as any may be. */
const PAYOUTS: ClickPayout[] = [
  NO_PAYOUT,
  { payout: '0.05', currency: 'EUR' },
  { payout: '999999999999.999999', currency: 'USD' },
];

const index = (of: readonly unknown[]) => fc.nat(of.length - 1);
const tap = fc.record({
  subject: index(SUBJECTS),
  offer: index(OFFERS),
  visitor: index(VISITORS),
  verdict: fc.constantFrom('human' as const, 'human' as const, 'human' as const, 'bot' as const),
  turned_away: fc.constantFrom(false, false, false, true),
  payout: index(PAYOUTS),
  at_ms: fc.nat(5),
  is_led: fc.boolean(),
});
const move = fc.record({
  subject: index(SUBJECTS),
  offer: index(OFFERS),
  visitor: index(VISITORS),
  on: fc.constantFrom('message' as const, 'offer' as const, 'offer' as const, 'credit' as const),
  to: fc.constantFrom('released' as const, 'known' as const, 'known' as const, 'new' as const),
  known: fc.nat(),
  payout: index(PAYOUTS),
});
const act = fc.oneof(
  { weight: 3, arbitrary: fc.record({ claim: fc.nat(255), cheaper: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ moves: fc.array(move, { minLength: 1, maxLength: 4 }) }) },
);
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      taps: fc.array(tap, { minLength: 1, maxLength: 8 }),
      acts: fc.array(act, { maxLength: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ partitions: fc.constantFrom(4, 8, 64) }) },
  {
    weight: 1,
    arbitrary: fc.record({ restored: fc.constantFrom('beside' as const, 'after a loss' as const) }),
  },
);
type Tap = typeof tap extends fc.Arbitrary<infer T> ? T : never;
type Move = typeof move extends fc.Arbitrary<infer T> ? T : never;
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type First = FirstOf & { credit_key: string };
type Held = ({ click_id: string } & ClickPayout) | typeof RELEASED;

let server: TestRedis;
let redis: RedisClient;

beforeAll(async () => {
  server = await startRedis();
  redis = await server.connect();
});
afterAll(async () => {
  useLayouts(FIRST_LAYOUTS);
  await server?.stop();
});

/** One history: what was done so far, and who must hold each claim after it. */
class History {
  readonly #held = new Map<string, Held>();
  /** By subject, ids of clicks that were not turned away. */
  readonly #clicks = new Map<number, string[]>();
  #ids = 0;

  async take(one: Step): Promise<void> {
    if ('restored' in one) return this.#restore(one.restored === 'after a loss');
    if ('partitions' in one) {
      if (one.partitions === currentLayout().count) return;
      await beginLayout(redis, { count: one.partitions, shards: 1 });
      await completeLayout(redis, LOGS);
      return;
    }
    const taps = one.taps.map((each) => ({ ...each, click: this.#click(each) }));
    for (const [partition, of_partition] of Map.groupBy(taps, ({ click }) => clickPartition(click))) {
      const batch = await openBatch(partition, of_partition);
      await this.#claim(batch, of_partition, false);
      for (const each of one.acts) await this.#act(batch, of_partition, each);
      await this.#claim(batch, of_partition, true);
      await finish(redis, batch);
      const late = await claimAs(batch, of_partition, false);
      expect(late).toEqual(of_partition.map(() => NOT_FIRST));
    }
    await this.check();
  }

  /** Whoever reads claims finds those of the model. */
  async check(): Promise<void> {
    const asked = SUBJECTS.flatMap((_, subject) => OFFERS.map((_, offer) => ({ subject, offer })));
    const read = await readClaims(
      redis,
      asked.map(({ subject, offer }) => {
        const link = linkOf(subject, offer);
        return {
          subject: link,
          account_id: link.account_id,
          offer_id: link.offer_id,
        } as unknown as Conversion;
      }),
    );
    expect(read).toEqual(
      asked.map(({ subject, offer }) => this.#held.get(keyOf(subject, offer, 0, 'credit'))),
    );
  }

  /** From the clicks that ClickHouse has as first: it does not know what was released. */
  async #restore(is_lost: boolean): Promise<void> {
    const rows = SUBJECTS.flatMap((_, subject) =>
      VISITORS.flatMap((_, visitor) => this.#firstsOf(subject, visitor)),
    );
    if (is_lost) {
      await removeAll();
      for (const [key, held] of this.#held)
        if (held === RELEASED || isCreditAlone(key)) this.#held.delete(key);
    }
    this.#creditFirstOf(rows);
    for (let i = 0; i < 2; i++) await restoreClaims(redis, rows, () => claimEnd(CLAIM_KEEP_S_MIN));
    await this.check();
  }

  /** Without a contact: the first click of any visitor, in the order of the rows. */
  #creditFirstOf(rows: readonly First[]): void {
    for (const { credit_key, click_id, is_first_for_offer } of rows) {
      if (is_first_for_offer === 1 && !this.#held.has(credit_key))
        this.#held.set(credit_key, { click_id, ...NO_PAYOUT });
    }
  }

  #firstsOf(subject: number, visitor: number): First[] {
    const message = this.#held.get(keyOf(subject, 0, visitor, 'message'));
    const row = (offer: number, held: Held | undefined, is_on_offer: boolean): First[] =>
      typeof held !== 'object' || (visitor > 0 && SUBJECTS[subject]?.contact_id !== '')
        ? []
        : [
            {
              ...{ ...linkOf(subject, offer), ...held, credit_key: keyOf(subject, offer, 0, 'credit') },
              visitor: visitorOf(linkOf(subject, offer), visitor),
              is_first: Number(typeof message === 'object' && message.click_id === held.click_id),
              is_first_for_offer: Number(is_on_offer),
            },
          ];
    const on_offers = OFFERS.flatMap((_, offer) =>
      row(offer, this.#held.get(keyOf(subject, offer, visitor, 'offer')), true),
    );
    return on_offers.some(({ is_first }) => is_first === 1)
      ? on_offers
      : [...row(0, message, false), ...on_offers];
  }

  #newId(subject: number): string {
    return `${String(this.#ids++).padStart(22, '0')}link00${subject}`;
  }

  #click({ subject, offer, turned_away, at_ms, is_led }: Tap): Click {
    const click_id = this.#newId(subject) + (is_led ? 'aaa' : '');
    // No rejudgement gives one that was turned away a claim on an offer.
    if (!turned_away) this.#clicks.set(subject, [...(this.#clicks.get(subject) ?? []), click_id]);
    return someClick({
      ...linkOf(subject, offer),
      clicked_at_ms: at_ms,
      click_id,
      cap: turned_away ? 'first_clicks' : '',
      fallback_reason: '',
    });
  }

  async #act(batch: Batch, taps: readonly (Tap & { click: Click })[], one: Act): Promise<void> {
    if ('moves' in one) return this.#move(batch, one.moves);
    // Another worker with other clicks, or other payouts in the catalog by now.
    const some = taps.filter((_, i) => one.claim & (1 << i));
    if (some.length > 0) await this.#claim(batch, some, one.cheaper);
  }

  async #claim(batch: Batch, taps: readonly (Tap & { click: Click })[], cheaper: boolean): Promise<void> {
    const claimants = new Map<string, { click: Click; payout: ClickPayout }>();
    const propose = (key: string, click: Click, payout: ClickPayout): void => {
      const earliest = claimants.get(key);
      if (earliest === undefined || isEarlier(click, earliest.click)) claimants.set(key, { click, payout });
    };
    for (const { subject, offer, visitor, verdict, turned_away, payout, click } of taps) {
      if (verdict === 'bot') continue;
      propose(keyOf(subject, offer, visitor, 'message'), click, NO_PAYOUT);
      if (turned_away) continue;
      const [offer_key, credit_key] = [
        keyOf(subject, offer, visitor, 'offer'),
        keyOf(subject, offer, visitor, 'credit'),
      ];
      propose(offer_key, click, payoutOf(payout, cheaper));
      if (credit_key !== offer_key) propose(credit_key, click, NO_PAYOUT);
    }
    for (const [key, { click, payout }] of claimants) {
      const held = this.#held.get(key);
      if (held === undefined || held === RELEASED)
        this.#held.set(key, { click_id: click.click_id, ...payout });
    }
    const expected = taps.map(({ subject, offer, visitor, verdict, click }) => {
      if (verdict === 'bot') return NOT_FIRST;
      const holds = (on: 'message' | 'offer') => {
        const held = this.#held.get(keyOf(subject, offer, visitor, on));
        return typeof held === 'object' && held.click_id === click.click_id ? held : undefined;
      };
      const for_offer = holds('offer');
      return {
        is_first: holds('message') !== undefined,
        is_first_for_offer: for_offer !== undefined,
        payout: for_offer?.payout ?? '0',
        currency: for_offer?.currency ?? '',
      };
    });
    expect(await claimAs(batch, taps, cheaper)).toEqual(expected);
  }

  /** Those of the batch's partition alone: a rejudgement is a row of the log of its clicks. */
  async #move(batch: Batch, moves: readonly Move[]): Promise<void> {
    const own = moves.flatMap((one) => {
      const link = linkOf(one.subject, one.offer);
      const is_other = clickPartition(link) !== batch.partition;
      if (is_other || (one.on === 'credit' && link.contact_id !== '')) return [];
      return [{ ...one, link, held: this.#heldBy(one) }];
    });
    for (const { subject, offer, visitor, on, held } of own)
      this.#held.set(keyOf(subject, offer, visitor, on), held);
    const carryOut = () =>
      moveClaims(
        redis,
        batch,
        own.map(({ link, visitor, on, held }) => ({
          on,
          link,
          visitor: visitorOf(link, visitor),
          claim: held === RELEASED ? RELEASED : encodeClaim(held.click_id, held),
        })),
      );
    await carryOut();
    await carryOut();
  }

  #heldBy({ subject, on, to, known, payout }: Move): Held {
    if (to === 'released') return RELEASED;
    const ids = this.#clicks.get(subject) ?? [];
    const click_id = to === 'known' ? ids[known % Math.max(1, ids.length)] : undefined;
    return {
      click_id: click_id ?? this.#newId(subject),
      ...(on === 'offer' ? payoutOf(payout, false) : NO_PAYOUT),
    };
  }
}

/** The claim's key in the model. Without a contact the visitor is the subject, of all but the credit. */
function keyOf(subject: number, offer: number, visitor: number, on: 'message' | 'offer' | 'credit'): string {
  const of_contact = SUBJECTS[subject]?.contact_id !== '';
  const whose = of_contact || on === 'credit' ? '' : VISITORS[visitor];
  return [subject, whose, on === 'message' ? '' : `offer ${offer}`].join();
}

/** As the removal of the account does, from its clicks; nothing of it is left. */
async function removeAll(): Promise<void> {
  const removals = SUBJECTS.flatMap((_, subject) =>
    OFFERS.flatMap((_, offer) =>
      VISITORS.flatMap((_, visitor) => {
        const link = linkOf(subject, offer);
        return removalsOf(link, visitorOf(link, visitor));
      }),
    ),
  );
  await runAll(redis, removals);
  expect(await redis.keys('first:*')).toEqual([]);
}

/** Of links without a contact, which the model has by no visitor. */
const isCreditAlone = (key: string): boolean => {
  const [subject, visitor] = key.split(',');
  return visitor === '' && SUBJECTS[Number(subject)]?.contact_id === '';
};

const linkOf = (subject: number, offer: number) => ({
  account_id: 'acc',
  offer_id: OFFERS[offer] as string,
  ...(SUBJECTS[subject] as (typeof SUBJECTS)[number]),
});

const visitorOf = (link: { contact_id: string }, visitor: number): string =>
  link.contact_id === '' ? (VISITORS[visitor] as string) : '';

const payoutOf = (payout: number, cheaper: boolean): ClickPayout =>
  PAYOUTS[(payout + Number(cheaper)) % PAYOUTS.length] as ClickPayout;

async function openBatch(partition: number, taps: readonly { click: Click }[]): Promise<Batch> {
  await addRows(
    redis,
    'clicks',
    taps.map(
      ({ click: { account_id, message_id, link_id, click_id } }) =>
        [`${account_id}:${message_id || link_id}`, click_id] as const,
    ),
    NO_BYTES_MAX,
  );
  const batch = await freeze(redis, 'clicks', partition, Date.now(), 0);
  if (batch === undefined) throw new Error('no batch');
  return batch;
}

const claimAs = (batch: Batch, taps: readonly (Tap & { click: Click })[], cheaper: boolean) =>
  claimFirstClicks(redis, batch, {
    clicks: taps.map(({ click }) => click),
    visitors: taps.map(({ click, visitor }) => visitorOf(click, visitor)),
    verdicts: taps,
    payouts: taps.map(({ payout }) => payoutOf(payout, cheaper)),
    keepings: new Map([['acc', { clicks_s: 1, sends_s: 500 * 86_400, ip_storage: 'full' }]]) as never,
  });

/** Each bucket is a list, as no value is too long for one, and no offer's claim is in two fields. */
async function checkFields(): Promise<void> {
  for (const key of await redis.keys('first:*')) {
    expect(await redis.object('ENCODING', key)).toBe('listpack');
    const fields = await redis.hgetall(key);
    for (const [field, value] of Object.entries(fields)) {
      const offer = OFFERS.find((offer_id) => offerClaimIn(value, offer_id) !== '');
      if (/^\d+$/.test(field) && offer !== undefined)
        expect(fields).not.toHaveProperty([offerField(field, offer)]);
    }
  }
}

it('each claim is held by its earliest click, and moves alone', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      await redis.flushall();
      useLayouts(FIRST_LAYOUTS);
      const history = new History();
      for (const one of steps) await history.take(one);
      await checkFields();
    }),
    { numRuns: RUNS },
  );
});
