/**
 * What an audience is: conditions on what contacts did, nested with `all`, `any` and `not`, in the form of the API
 * and of the catalog. Every message says what to write. Pure.
 */
import { z } from 'zod';
import { parseDecimal } from '../platform/decimal.ts';
import { isCleanText } from '../platform/text.ts';
import { type Window, window } from './window.ts';

/** Groups within groups. */
export const DEPTH_MAX = 8;
/** Groups and conditions together; keeps the query below ClickHouse's limit of 256 KiB. */
export const PARTS_MAX = 50;
const TIMES_MAX = 1_000_000;
/** Of a message_id, which the sender chooses. */
const ID_LENGTH_MAX = 128;

export const EVENTS = [
  'clicked',
  'did_not_click',
  'converted',
  'did_not_convert',
  'was_sent',
  'opted_out',
] as const;
export type Event = (typeof EVENTS)[number];

/** Filters of a condition; each is a column of clicks and conversions. */
export const NARROWED_BY = [
  'offer_id',
  'campaign_id',
  'variant_id',
  'creative_id',
  'message_id',
  'link_id',
  'link_key',
] as const;

/** Net of refunds, of a contact, in one currency; decimal strings. */
export interface RevenueBounds {
  at_least?: string | undefined;
  at_most?: string | undefined;
  currency: string;
}

export interface Condition extends Partial<Record<(typeof NARROWED_BY)[number], string | undefined>> {
  /** Events of the contact; 1 where neither bound is given, 0 where only `at_most` is. */
  at_least?: number | undefined;
  at_most?: number | undefined;
  window?: Window | undefined;
  /** For conversions only; then only conversions in its currency count. */
  revenue?: RevenueBounds | undefined;
}

/** Exactly one of its properties is there. */
export interface Definition extends Partial<Record<Event, Condition | undefined>> {
  all?: Definition[] | undefined;
  any?: Definition[] | undefined;
  not?: Definition | undefined;
}

const KINDS = ['all', 'any', 'not', ...EVENTS] as const;

const id = z
  .string()
  .min(1, 'is empty: leave it out')
  .max(ID_LENGTH_MAX)
  .refine((text) => isCleanText(text), 'must not contain line breaks or other control characters');
const money = z.string().regex(/^-?\d{1,12}(\.\d{1,6})?$/, 'write it as a decimal string such as "12.50"');

const revenue = z
  .strictObject({
    at_least: money.optional(),
    at_most: money.optional(),
    currency: z.string().regex(/^[A-Z]{3}$/, 'write three capital letters such as EUR'),
  })
  .refine(({ at_least, at_most }) => at_least !== undefined || at_most !== undefined, {
    error: 'give at_least, at_most or both',
  })
  .refine(({ at_least, at_most }) => isOrdered(at_least, at_most), {
    error: 'at_least must not be more than at_most',
  });

const counted = {
  ...(Object.fromEntries(NARROWED_BY.map((name) => [name, id.optional()])) as Record<
    (typeof NARROWED_BY)[number],
    z.ZodOptional<typeof id>
  >),
  at_least: z
    .int()
    .min(1, 'must be 1 or more: to ask for those who did not, use at_most 0')
    .max(TIMES_MAX)
    .optional()
    .describe('Times. Default: 1, or 0 where at_most is given'),
  at_most: z.int().min(0).max(TIMES_MAX).optional().describe('Times'),
  window: window.optional(),
};
const inOrder = ({ at_least = 0, at_most = TIMES_MAX }: Condition): boolean => at_least <= at_most;
const ORDER = { error: 'at_least must not be more than at_most' };

const plain = z.strictObject(counted).refine(inOrder, ORDER);
/** A condition on conversions; those on clicks and messages are the same without revenue. */
export const condition: z.ZodType<Condition> = z
  .strictObject({ ...counted, revenue: revenue.optional() })
  .refine(inOrder, ORDER);

/** A contact is on the list, or not: there is nothing to count, and it is of no offer. */
const onList = z.strictObject({ window: window.optional() });

const part: z.ZodType<Definition> = z.lazy(() =>
  z
    .strictObject({
      all: group.optional(),
      any: group.optional(),
      not: part.optional(),
      clicked: plain.optional(),
      did_not_click: plain.optional(),
      converted: condition.optional(),
      did_not_convert: condition.optional(),
      was_sent: plain.optional(),
      opted_out: onList.optional(),
    })
    .refine((value) => KINDS.filter((kind) => value[kind] !== undefined).length === 1, {
      error: `give exactly one of ${KINDS.join(', ')}: combine several with all or any`,
    }),
);
const group = z.array(part).min(1, 'must have a condition').max(PARTS_MAX);

/** The OpenAPI form: one level of the recursive schema. */
const nested = z.looseObject({}).describe('A definition again: a group or a condition');
const { $schema: _, ...documented } = z.toJSONSchema(
  z.object({
    all: z.array(nested).optional().describe('All of these must be true'),
    any: z.array(nested).optional().describe('At least one of these must be true'),
    not: nested.optional().describe('This must be false'),
    clicked: plain.optional().describe('Human clicks, by their current verdicts'),
    did_not_click: plain.optional().describe('The opposite of clicked'),
    converted: condition.optional().describe('Conversions in their current state'),
    did_not_convert: condition.optional().describe('The opposite of converted'),
    was_sent: plain.optional().describe('Messages'),
    opted_out: onList.optional().describe('Contacts on the opt-out list'),
  }),
  { io: 'input' },
);

/** Checks the bounds first, so that recursion never runs over an oversized definition. */
export const definition: z.ZodType<Definition> = z
  .unknown()
  .superRefine((value, context) => {
    const message = boundsError(value);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .pipe(part)
  .meta({
    ...documented,
    description: `Exactly one of these. At most ${PARTS_MAX} groups and conditions, nested at most ${DEPTH_MAX} deep`,
  });

function boundsError(value: unknown): string | undefined {
  const waiting: { value: unknown; depth: number }[] = [{ value, depth: 1 }];
  let parts = 0;
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (++parts > PARTS_MAX) return `may have at most ${PARTS_MAX} groups and conditions: make it simpler`;
    if (one.depth > DEPTH_MAX) return `may nest groups at most ${DEPTH_MAX} deep: make it flatter`;
    if (typeof one.value !== 'object' || one.value === null) continue;
    const { all, any, not } = one.value as Record<string, unknown>;
    const within = [all, any].flatMap((list) => (Array.isArray(list) ? list.slice(0, PARTS_MAX + 1) : []));
    if (not !== undefined) within.push(not);
    for (const inner of within) waiting.push({ value: inner, depth: one.depth + 1 });
  }
  return undefined;
}

function isOrdered(at_least: string | undefined, at_most: string | undefined): boolean {
  const low = parseDecimal(at_least ?? '');
  const high = parseDecimal(at_most ?? '');
  return low === undefined || high === undefined || low <= high;
}
