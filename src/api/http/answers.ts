/**
 * Response schemas for the OpenAPI document. The server does not validate responses against them; a test compares
 * them with real responses.
 */
import { z } from 'zod';
import { ATTRIBUTION_MODELS } from '../../catalog/attribution.ts';
import { CAP_COUNTS, CAP_PERIODS } from '../../catalog/offer-caps.ts';
import { parameterFields } from '../../catalog/parameter-rules.ts';
import {
  accountInput,
  audienceInput,
  campaignInput,
  creativeInput,
  offerInput,
} from '../../catalog/schemas.ts';
import { REMOVAL_STEPS } from '../../privacy/account-removal.ts';
import { TAKEDOWN_KINDS } from '../../takedowns/takedown.ts';
import { ERRORS, type ErrorCode } from './errors.ts';
import { warned, warnedOfMany } from './warnings.ts';

const stamps = {
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
};
/** Why and since when the operator has closed something. */
const closure = z.object({ reason: z.string(), at: z.iso.datetime() });
const taken_down = closure
  .optional()
  .describe('Why and since when the operator has taken it down; absent otherwise');
const secretState = {
  secret_generation: z.int().optional().describe('Counts the rotations of its secret'),
  previous_secret_ends_at: z.iso
    .datetime()
    .optional()
    .describe('Until when the secret before the last rotation is accepted'),
};

export const errorAnswer = z
  .object({
    error: z.enum(Object.keys(ERRORS) as ErrorCode[]),
    message: z.string().describe('What to do'),
    field: z
      .string()
      .optional()
      .describe(
        'The field of the request that it is about, such as `payout` or `variants.0.percent`; absent where it is about no single one',
      ),
    ...warned,
  })
  .meta({ id: 'ApiError', description: 'What went wrong' });

const is_test = z.literal(true).optional().describe('Where it is a test, which no report counts');
const index = z.int().describe('Position in the request, from 0');
const ofMany = z.object({ index, error: z.string(), message: z.string(), ...warnedOfMany });

export const account = z
  .object({
    account_id: z.string(),
    ...accountInput.shape,
    link_domain: z
      .string()
      .describe('The domain on which new links are made now; empty: the installation’s own'),
    ...secretState,
    status: z.enum(['active', 'archived', 'suspended']),
    suspension: closure.nullish().describe('Why and since when it is suspended; null or absent otherwise'),
    ...stamps,
  })
  .meta({ id: 'Account' });
export const accountRemoval = z.object({
  account_id: z.string(),
  requested_at: z.string(),
  step: z.enum(REMOVAL_STEPS).describe('What a worker does now'),
  steps_done: z.int(),
  steps: z.int(),
  waits_for: z.string().describe('What the step waits for; empty while it works'),
});
export const accountWithKey = account.extend({ api_key: z.string().describe('Shown this once') });
export const ownAccount = account.extend({ conversion_secret: z.string().optional() });
export const newConversionSecret = z.object({
  account_id: z.string(),
  conversion_secret: z.string(),
  previous_secret_ends_at: z.string().describe('Until when the secret before is accepted'),
});

const rebooked = z
  .array(
    z.object({
      booking: z.string(),
      model: z.enum(ATTRIBUTION_MODELS),
      window_days: z.int().optional(),
      view_window_hours: z.int().optional(),
      from_ms: z.int(),
      to_ms: z.int(),
    }),
  )
  .optional()
  .describe('Ranges of conversions that were booked anew, in order: of two, the later holds');
const own = { account_id: z.string(), ...warned };
export const entities = {
  offer: z
    .object({
      offer_id: z.string(),
      ...own,
      ...offerInput.shape,
      rebooked,
      ...secretState,
      taken_down,
      ...stamps,
    })
    .meta({ id: 'Offer' }),
  creative: z
    .object({ creative_id: z.string(), ...own, ...creativeInput.shape, ...stamps })
    .meta({ id: 'Creative' }),
  campaign: z
    .object({ campaign_id: z.string(), ...own, ...campaignInput.shape, ...stamps })
    .meta({ id: 'Campaign' }),
  audience: z
    .object({
      audience_id: z.string(),
      ...own,
      ...audienceInput.shape,
      // The schema is recursive.
      definition: z.record(z.string(), z.unknown()).describe('The definition as it was sent'),
      ...stamps,
    })
    .meta({ id: 'Audience' }),
};

/** A page of a list, under the list's own name. */
export function pageOf<Name extends string, Item extends z.ZodType>(
  name: Name,
  item: Item,
): z.ZodObject<z.core.$ZodLooseShape> {
  return z.object({ [name]: z.array(item), page: z.int(), per_page: z.int(), total: z.int() });
}

export const messages = z.object({
  messages: z.array(
    z.object({
      index,
      message_id: z.string(),
      text: z.string().describe('Text of the SMS; send it unchanged'),
      links: z.array(
        z.object({ key: z.string(), link_id: z.string(), short_url: z.string(), offer_id: z.string() }),
      ),
      is_test,
      variant_id: z.string().optional().describe('Where the campaign chose'),
      creative_id: z.string().optional().describe('Where the campaign chose'),
      ...warnedOfMany,
    }),
  ),
  errors: z.array(ofMany.extend({ message_id: z.string().optional().describe('As it was sent') })),
});

export const messageEvents = z.object({
  events: z.array(z.object({ index, message_id: z.string(), ...warnedOfMany })).describe('What was taken'),
  errors: z.array(ofMany.extend({ message_id: z.string().optional().describe('As it was sent') })),
});

export const countsBy = z
  .enum(['contact', 'visitor'])
  .describe(
    'Whose first click counts as unique: the contact’s, or, for a link without a contact, each visitor’s: an address and a user agent on a day (UTC)',
  );

export const countsByOf = (contact_id: string | null): z.output<typeof countsBy> =>
  contact_id === '' ? 'visitor' : 'contact';

export const shortened = z.object({
  link_id: z.string(),
  short_url: z.string(),
  counts_by: countsBy,
  is_test,
  ...warned,
});
export const linkState = z.object({
  link_id: z.string(),
  status: z.enum(['active', 'disabled']),
  expires_at: z.string().nullable(),
  taken_down,
  ...parameterFields,
});

export const takedown = z
  .object({
    takedown_id: z.string(),
    kind: z.enum(TAKEDOWN_KINDS),
    id: z.string().describe('link_id, offer_id, or the name of the domain'),
    account_id: z.string().describe('Empty for a domain whose account was removed'),
    reason: z.string(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'Takedown' });

export const conversions = z.object({
  conversions: z.array(
    z.object({
      status: z.enum(['accepted', 'duplicate']),
      conversion_id: z.string().describe('For a duplicate: the id of the report that said the same'),
      repeats: z
        .string()
        .optional()
        .describe(
          'The first report of its event and transaction, if the offer takes repeats or this report says something else',
        ),
      index,
      unattributed: z.string().optional().describe('Why it is not credited, if already known'),
      problem: z.string().optional().describe('What is wrong with it though it counts, such as txn_id={id}'),
      ...warnedOfMany,
    }),
  ),
  errors: z.array(ofMany),
});

export const rejudgement = z
  .object({
    rejudgement: z.int(),
    account_id: z.string(),
    state: z.enum(['waiting', 'running', 'done']),
    rules_version: z.string().describe('Empty while the rejudgement waits'),
    clicks: z.int(),
    judged: z.int(),
    changed: z.int(),
    requested_at: z.string(),
    finished_at: z.string().describe('Empty until it is done'),
    from: z.string(),
    to: z.string(),
  })
  .meta({ id: 'Rejudgement' });

export const offerCapStates = z.object({
  offer_id: z.string(),
  caps: z.array(
    z.object({
      count: z.enum(CAP_COUNTS),
      per: z.enum(CAP_PERIODS),
      tz: z.string(),
      limit: z.union([z.number(), z.string()]),
      period: z.string().describe('The running one by the clock of tz: 2026-11-29T18, 2026-11-29, 2026-11'),
      used: z
        .union([z.number(), z.string()])
        .describe('Of first clicks also those of taps that are not counted yet; of payout a decimal string'),
      full: z.boolean().describe('Whether the offer takes no taps for it until the period is over'),
    }),
  ),
});

export const offerPostbacks = z.object({
  offer_id: z.string(),
  postback_secret: z.string(),
  conversion_secret: z.string(),
  previous_secret_ends_at: z
    .string()
    .nullable()
    .describe('Until when the postback secret before the last rotation is accepted'),
  postbacks: z.array(
    z.object({
      network: z.string(),
      title: z.string(),
      url: z.string().describe('Postback URL to paste into the network'),
      destination_parameter: z.string(),
      note: z.string(),
    }),
  ),
  pixel: z.string().describe('HTML for the page shown after a sale'),
  coupon: z.string().describe('URL that reports the use of a coupon'),
});

const count = z.int();
const ledgerCounts = {
  answered: count,
  aborted: count,
  lost: count,
  refused: count,
  logged: count,
  read: count,
  kept: count,
  dead_lettered: count,
  inserted: count,
  tests: count.describe('Among inserted: rows of tests, which no report counts'),
};
export const spoolNotice = z
  .object({
    owner: z.string().describe('The start of a process that it belongs to: the name of its folder'),
    process: z.string(),
    host: z.string().describe('The machine that has it'),
    folder: z.string().describe('Where it is there'),
    clicks: count,
    bytes: count,
    at_ms: z.number().describe('When its process last told, Unix time in ms'),
  })
  .meta({ id: 'Spool' });

export const clickLedger = z.object({
  from: z.string(),
  to: z.string(),
  rows: z.array(
    z.object({
      minute: z.string(),
      process: z.string(),
      ...ledgerCounts,
      state: z.enum(['open', 'balanced', 'drift']).describe('open: rows are still being processed'),
      drift: z
        .object({
          stage: z.enum(['logged', 'read', 'kept', 'inserted']),
          rows: count.describe('Too few (negative) or too many at this stage'),
          batches: z.array(z.string()),
        })
        .optional(),
    }),
  ),
  spools: z
    .array(spoolNotice)
    .describe(
      'Answered clicks that wait in spools now, of any time: they are in no row until they are drained',
    ),
  totals: z.object({
    ...ledgerCounts,
    drift_rows: count.describe('Must be 0'),
    spooled: count.describe('Clicks in all spools now; 0 soon after Redis is back'),
  }),
});

export const deadLetter = z
  .object({
    dead_letter_id: z.string(),
    log: z.string(),
    partition: count,
    batch: z.string(),
    reason: z.string().describe('Why it could not be processed'),
    row: z.string().describe('The row as it was on the log'),
    logged_at_ms: z.number().describe('Unix time in ms, by the clock of Redis'),
    process: z.string().describe('Process that logged the row; empty if the click ledger does not count it'),
  })
  .meta({ id: 'DeadLetter' });

/** For routes without a response schema. */
export const anything = z.looseObject({});
