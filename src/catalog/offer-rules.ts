/**
 * The rules of an offer: where its taps are led, by who taps, when, and with what. Checked here when they are saved;
 * links/lead.ts applies them. The first rule whose conditions all hold leads the tap; without one the offer's own
 * destination does. Pure.
 */
import { z } from 'zod';
import { DEVICES, type Device } from '../bots/agents/device-kind.ts';
import { isCleanText } from '../platform/text.ts';
import { isTimeZone } from '../platform/zone-clock.ts';
import { destinationError } from './check-texts.ts';

export const RULES_MAX = 20;
export const TARGETS_MAX = 10;
/** Offers that a tap tries one after the other, the first one included. */
export const FALLBACK_CHAIN_MAX = 5;
const NAME_LENGTH_MAX = 60;
const COUNTRIES_MAX = 250;
const LANGUAGES_MAX = 50;
const QUERY_NAMES_MAX = 10;
const QUERY_VALUES_MAX = 50;
const QUERY_VALUE_LENGTH_MAX = 200;
const WEIGHT_MAX = 1_000;

/** All that are given must hold; a list holds where one of its values does. */
export interface RuleConditions {
  /** Of the address, ISO 3166. */
  country?: string[] | undefined;
  device?: Device[] | undefined;
  /** Of the language that the browser asks for most: `de` is `de-AT` too, `de-AT` is itself only. */
  language?: string[] | undefined;
  /** From the first hour up to the other one, which is not in it; past midnight where `from` is later. */
  hours?: { from: number; to: number; tz: string } | undefined;
  /** Both days are in it. */
  dates?: { from?: string | undefined; to?: string | undefined; tz: string } | undefined;
  /** Parameters of the tap; an empty list is any value. */
  query?: Record<string, string[]> | undefined;
}

/** One of `offer_id` and `url`. */
export interface RuleTarget {
  offer_id?: string | undefined;
  url?: string | undefined;
  weight: number;
}

export interface OfferRule {
  name: string;
  when: RuleConditions;
  to: RuleTarget[];
}

const list = <T extends z.ZodType>(values: T, length_max: number) =>
  z
    .array(values)
    .min(1, 'names none: leave the condition out where all are meant')
    .max(length_max)
    .refine((all) => new Set(all).size === all.length, 'names one twice');

const tz = z
  .string()
  .max(64)
  .refine(isTimeZone, 'is not a time zone: write an IANA name such as Europe/Berlin');
const hour = (max: number) => z.int().min(0).max(max);
const day = z.string().refine(isDay, 'write it as 2026-12-24');

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

const clean = (length_max: number) =>
  z
    .string()
    .max(length_max)
    .refine((text) => isCleanText(text), 'must not contain line breaks or other control characters');

const conditions = z
  .strictObject({
    country: list(z.string().regex(/^[A-Z]{2}$/, 'write two capital letters such as DE'), COUNTRIES_MAX)
      .optional()
      .describe('Countries of the address, ISO 3166'),
    device: list(z.enum(DEVICES), DEVICES.length).optional().describe('By the user agent'),
    language: list(
      z
        .string()
        .max(35)
        .regex(/^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/, 'write it as de or de-AT'),
      LANGUAGES_MAX,
    )
      .optional()
      .describe('The language that the browser asks for most; de is de-AT too'),
    hours: z
      .strictObject({ from: hour(23), to: hour(24), tz })
      .refine(
        ({ from, to }) => from !== to && from !== to % 24,
        'is the whole day: leave it out, or give two hours',
      )
      .optional()
      .describe('From this hour to the other, which is not in it; 22 to 6 goes past midnight'),
    dates: z
      .strictObject({ from: day.optional(), to: day.optional(), tz })
      .refine(({ from, to }) => from !== undefined || to !== undefined, 'give from, to, or both')
      .refine(({ from = '', to = '9' }) => from <= to, 'ends before it begins')
      .optional()
      .describe('Days on the calendar of the zone, both in it'),
    query: z
      .record(clean(64).min(1), z.array(clean(QUERY_VALUE_LENGTH_MAX)).max(QUERY_VALUES_MAX))
      .refine(
        (names) => Object.keys(names).length >= 1 && Object.keys(names).length <= QUERY_NAMES_MAX,
        `name 1 to ${QUERY_NAMES_MAX} parameters`,
      )
      .optional()
      .describe('Parameters that the tap brings behind the link, with the values that hold; []: any value'),
  })
  .refine(
    (when) => Object.values(when).some((one) => one !== undefined),
    'is empty: give a condition; what holds always is the offer’s own destination_url',
  );

const target = z
  .strictObject({
    offer_id: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,40}$/, 'is not an id')
      .optional()
      .describe('An offer of the account: this one is its own destination; its status and its fallback hold'),
    url: z
      .string()
      .superRefine((text, context) => {
        const message = destinationError(text, true);
        if (message !== undefined) context.addIssue({ code: 'custom', message });
      })
      .optional()
      .describe('An address with macros; the click stays one of this offer'),
    weight: z.int().min(1).max(WEIGHT_MAX).default(1),
  })
  .refine(({ offer_id, url }) => (offer_id === undefined) !== (url === undefined), 'give offer_id or url');

export const offerRules = z
  .array(
    z.strictObject({
      name: clean(NAME_LENGTH_MAX)
        .trim()
        .min(1, 'give it a name: clicks and traces show it')
        .describe('Clicks and traces show it; fixes with the offer who gets which target'),
      when: conditions,
      to: z
        .array(target)
        .min(1, 'give a target')
        .max(TARGETS_MAX)
        .refine(
          (all) => new Set(all.map(({ offer_id, url }) => offer_id ?? url)).size === all.length,
          'names a target twice: add the weights up',
        ),
    }),
  )
  .max(RULES_MAX)
  .refine((rules) => new Set(rules.map(({ name }) => name)).size === rules.length, 'has a name twice')
  .describe(
    'Where taps are led; the first rule whose conditions all hold is taken, else destination_url. Of several targets a contact always gets the same one, by weight. See /guides/offer-rules',
  );
