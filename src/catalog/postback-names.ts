/**
 * The names under which the networks of an offer send our parameters, where their postbacks can't be written with ours:
 * `{"click_id": "aff_sub"}`. Checked here when they are saved; reception reads by them (conversion-input.ts). Pure.
 */
import { z } from 'zod';
import { isCleanText } from '../platform/text.ts';

/**
 * Parameters that may have another name. Not those that say who reports, and not contact_id, by which an erasure finds
 * what was kept.
 */
export const NAMEABLE = [
  'click_id',
  'link_id',
  'message_id',
  'code',
  'event',
  'revenue',
  'currency',
  'txn_id',
  'refund_id',
  'network',
  'ts',
] as const;
export type Nameable = (typeof NAMEABLE)[number];
export type PostbackNames = Partial<Record<Nameable, string | undefined>>;

const NAME_LENGTH_MAX = 64;
/** They mean what they mean whatever an offer says. */
const OWN: ReadonlySet<string> = new Set([
  ...NAMEABLE,
  ...['offer_id', 'contact_id', 'secret', 'postback_secret', 'signature', 'signed_at'],
]);

const otherName = z
  .string()
  .trim()
  .min(1, 'is empty: leave it out')
  .max(NAME_LENGTH_MAX)
  .refine((text) => isCleanText(text), 'must not contain line breaks or other control characters')
  .refine((text) => !OWN.has(text.toLowerCase()), 'is one of our own names: those are read as they are');

export const postbackNames = z
  .strictObject(
    Object.fromEntries(NAMEABLE.map((name) => [name, otherName.optional()])) as Record<
      Nameable,
      z.ZodOptional<typeof otherName>
    >,
  )
  .refine((names) => {
    const given = Object.values(names).map((name) => name?.toLowerCase());
    return new Set(given).size === given.length;
  }, 'gives one name to two parameters')
  .describe(
    'Other names under which this offer’s postbacks send our parameters, such as {"click_id": "aff_sub"}; what comes under our own name counts first',
  );

/** Their names, in lower case, to ours; undefined where all are ours. */
export function otherNamesOf(names: PostbackNames = {}): ReadonlyMap<string, Nameable> | undefined {
  const others = NAMEABLE.flatMap((own): [string, Nameable][] =>
    names[own] === undefined ? [] : [[names[own].toLowerCase(), own]],
  );
  return others.length === 0 ? undefined : new Map(others);
}
