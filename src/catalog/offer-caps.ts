/** The caps of an offer: how much of it an hour, a day or a month may have. Checked here when they are saved. Pure. */
import { z } from 'zod';
import { isTimeZone } from '../platform/zone-clock.ts';

const CAPS_MAX = 6;
/** A cap of first clicks keeps some 100 bytes for each. */
export const CAP_COUNT_MAX = 1_000_000;
/** In millionths it is a whole number that Redis's scripts hold exactly. */
const CAP_PAYOUT_MAX = 1_000_000_000;

export const CAP_COUNTS = ['first_clicks', 'conversions', 'payout'] as const;
export const CAP_PERIODS = ['hour', 'day', 'month'] as const;

export interface OfferCap {
  count: (typeof CAP_COUNTS)[number];
  per: (typeof CAP_PERIODS)[number];
  tz: string;
  /** Of payout a decimal string in the offer's currency. */
  limit: number | string;
}

export const offerCaps = z
  .array(
    z
      .strictObject({
        count: z.enum(CAP_COUNTS),
        per: z.enum(CAP_PERIODS).describe('By the clock and the calendar of tz'),
        tz: z
          .string()
          .max(64)
          .refine(isTimeZone, 'is not a time zone: write an IANA name such as Europe/Berlin'),
        limit: z
          .union([
            z.int().min(1).max(CAP_COUNT_MAX),
            z.string().regex(/^\d{1,10}(\.\d{1,6})?$/, 'write it as a decimal string such as "500.00"'),
          ])
          .describe('A whole number; of payout a decimal string in the offer’s currency'),
      })
      .refine(({ count, limit }) => (count === 'payout') === (typeof limit === 'string'), {
        error: 'write a whole number such as 1000, and of payout a decimal string such as "500.00"',
        path: ['limit'],
      })
      .refine(
        ({ limit }) => typeof limit === 'number' || (Number(limit) > 0 && Number(limit) <= CAP_PAYOUT_MAX),
        { error: `must be above 0 and at most ${CAP_PAYOUT_MAX}`, path: ['limit'] },
      ),
  )
  .max(CAPS_MAX)
  .refine((caps) => new Set(caps.map(({ count, per }) => `${count} ${per}`)).size === caps.length, {
    error: 'has two limits of one thing: keep the lower one',
  })
  .describe(
    'Limits; once one is reached the offer takes no taps until its hour, day or month is over, and they go to its fallback. See /guides/offer-rules',
  );
