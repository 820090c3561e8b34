/**
 * What the API answers, for the OpenAPI document: shapes that the routes have by construction and that nothing
 * checks on the way out. A test compares them with real answers.
 */
import { z } from 'zod';
import {
  accountInput,
  audienceInput,
  campaignInput,
  creativeInput,
  offerInput,
} from '../../catalog/schemas.ts';
import { ERRORS, type ErrorCode } from './errors.ts';

const stamps = {
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
};
/** Counts secrets that were renewed. */
const secret_generation = z.int().optional();

export const errorAnswer = z
  .object({
    error: z.enum(Object.keys(ERRORS) as ErrorCode[]),
    message: z.string().describe('What to do'),
  })
  .meta({ id: 'ApiError', description: 'What went wrong' });

const ofMany = z.object({
  index: z.int().describe('Its place in the request, from 0'),
  error: z.string(),
  message: z.string(),
});

export const account = z
  .object({
    account_id: z.string(),
    ...accountInput.shape,
    secret_generation,
    status: z.enum(['active', 'archived']),
    ...stamps,
  })
  .meta({ id: 'Account' });
export const accountWithKey = account.extend({ api_key: z.string().describe('Shown this once') });
export const ownAccount = account.extend({ conversion_secret: z.string() });
export const newKey = z.object({ account_id: z.string(), api_key: z.string().describe('Shown this once') });
export const newConversionSecret = z.object({ account_id: z.string(), conversion_secret: z.string() });

const own = { account_id: z.string() };
export const entities = {
  offer: z
    .object({ offer_id: z.string(), ...own, ...offerInput.shape, secret_generation, ...stamps })
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
      // It nests in itself.
      definition: z.record(z.string(), z.unknown()).describe('As it was given'),
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
      message_id: z.string(),
      text: z.string().describe('To be sent as it is'),
      links: z.array(
        z.object({ key: z.string(), link_id: z.string(), short_url: z.string(), offer_id: z.string() }),
      ),
    }),
  ),
  errors: z.array(ofMany),
});

export const shortened = z.object({ link_id: z.string(), short_url: z.string() });
export const linkState = z.object({
  link_id: z.string(),
  status: z.enum(['active', 'disabled']),
  expires_at: z.string().nullable(),
});

export const conversions = z.object({
  conversions: z.array(
    z.object({
      status: z.enum(['accepted', 'duplicate']),
      conversion_id: z.string().describe('Of the first report, for a duplicate'),
      repeats: z.string().optional().describe('The one before, where the offer counts or replaces repeats'),
      unattributed: z.string().optional().describe('Why it is not credited, where that is known already'),
    }),
  ),
  errors: z.array(ofMany),
});

export const rejudgement = z
  .object({
    rejudgement: z.int(),
    account_id: z.string(),
    state: z.enum(['waiting', 'running', 'done']),
    rules_version: z.string().describe('Empty while it waits'),
    clicks: z.int(),
    judged: z.int(),
    changed: z.int(),
    requested_at: z.string(),
    finished_at: z.string().describe('Empty while it is open'),
    from: z.string(),
    to: z.string(),
  })
  .meta({ id: 'Rejudgement' });

export const offerPostbacks = z.object({
  offer_id: z.string(),
  postback_secret: z.string(),
  conversion_secret: z.string(),
  postbacks: z.array(
    z.object({
      network: z.string(),
      title: z.string(),
      url: z.string().describe('To be pasted there'),
      destination_parameter: z.string(),
      note: z.string(),
    }),
  ),
  pixel: z.string().describe('HTML for the page after a sale'),
  coupon: z.string().describe('Address that reports a coupon'),
});

const count = z.int();
const ledgerCounts = {
  answered: count,
  aborted: count,
  lost: count,
  logged: count,
  read: count,
  kept: count,
  dead_lettered: count,
  inserted: count,
};
export const clickLedger = z.object({
  from: z.string(),
  to: z.string(),
  rows: z.array(
    z.object({
      minute: z.string(),
      process: z.string(),
      ...ledgerCounts,
      state: z.enum(['open', 'balanced', 'drift']).describe('open: rows are still on their way'),
      drift: z
        .object({
          stage: z.enum(['logged', 'read', 'kept', 'inserted']),
          rows: count.describe('Too few (negative) or too many at this stage'),
          batches: z.array(z.string()),
        })
        .optional(),
    }),
  ),
  totals: z.object({ ...ledgerCounts, drift_rows: count.describe('To be 0') }),
});

export const deadLetter = z
  .object({
    dead_letter_id: z.string(),
    log: z.string(),
    partition: count,
    batch: z.string(),
    reason: z.string().describe('Why it could not be processed'),
    row: z.string().describe('As it was on the log'),
    logged_at_ms: z.number().describe('Unix time, by the clock of Redis'),
    process: z.string().describe('That logged it; empty where the ledger does not follow it'),
  })
  .meta({ id: 'DeadLetter' });

/** Where a route says nothing more. */
export const anything = z.looseObject({});
