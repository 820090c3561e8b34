/**
 * Which click a conversion of an offer is credited to: a model, chosen by the offer from a date on, or for a past range
 * that was booked anew. The conversion's own time decides. Pure.
 */
import { z } from 'zod';
import { parseIsoTime } from '../platform/iso-time.ts';

/**
 * first_click   the first human click of the contact on the message that the report names
 * last_click    the contact's last human click on the offer before the conversion, on whichever message
 * view_through  as first_click; without a click, the last message with the offer that was delivered before
 */
export const ATTRIBUTION_MODELS = ['first_click', 'last_click', 'view_through'] as const;
export type AttributionModel = (typeof ATTRIBUTION_MODELS)[number];

/** What holds for one conversion. */
export interface Attribution {
  model: AttributionModel;
  /** Longest time from the click to the conversion. */
  click_window_days: number;
  /** Longest time from the delivery to the conversion; 0 unless the model is view_through. */
  view_window_hours: number;
}

/** A model with the bounds that differ from the offer's. */
export interface ModelChoice {
  model: AttributionModel;
  /** Left out: the offer's `click_window_days`. */
  window_days?: number | undefined;
  /** Only of view_through. Left out: VIEW_WINDOW_HOURS_DEFAULT. */
  view_window_hours?: number | undefined;
}

/** A choice that holds for conversions from a time on, until the next one. */
export interface DatedChoice extends ModelChoice {
  /** ISO 8601 UTC. */
  from: string;
}

/** A past range that was booked anew. */
export interface Rebooked extends ModelChoice {
  booking: string;
  /** Range of converted_at; `to_ms` is not in it. */
  from_ms: number;
  to_ms: number;
}

/** What an offer says of attribution. */
export interface OfferAttribution {
  click_window_days: number;
  attribution?: DatedChoice[];
  /** Ranges that were booked anew, in order; of two that cover a conversion the later holds. */
  rebooked?: Rebooked[];
}

export const VIEW_WINDOW_HOURS_DEFAULT = 24;
const VIEW_WINDOW_HOURS_MAX = 30 * 24;
const WINDOW_DAYS_MAX = 3_650;
const CHOICES_MAX = 20;
/** Ranges booked anew that an offer may have in force. */
export const REBOOKED_MAX = 50;

const attributionOf = (
  { model, window_days, view_window_hours }: ModelChoice,
  click_window_days: number,
): Attribution => ({
  model,
  click_window_days: window_days ?? click_window_days,
  view_window_hours: model === 'view_through' ? (view_window_hours ?? VIEW_WINDOW_HOURS_DEFAULT) : 0,
});

/** What the offer's dated choices say of a conversion of that time. `attribution` is in order of time. */
export function chosenAttribution(
  { attribution = [], click_window_days }: OfferAttribution,
  converted_at_ms: number,
): Attribution {
  const choice = attribution.findLast(({ from }) => Date.parse(from) <= converted_at_ms);
  return attributionOf(choice ?? { model: 'first_click' }, click_window_days);
}

/** What a range that was booked anew says of it; undefined where none holds. `click_window_days`: of its own terms. */
export function rebookedAttribution(
  rebooked: readonly Rebooked[] | undefined,
  converted_at_ms: number,
  click_window_days: number,
): (Attribution & { booking: string }) | undefined {
  const holds = rebooked?.findLast(
    ({ from_ms, to_ms }) => from_ms <= converted_at_ms && converted_at_ms < to_ms,
  );
  return holds && { ...attributionOf(holds, click_window_days), booking: holds.booking };
}

/** Whether a click other than the first may decide, for any conversion of the offer. */
export const usesLastClick = ({ attribution = [], rebooked = [] }: OfferAttribution): boolean =>
  [...attribution, ...rebooked].some(({ model }) => model === 'last_click');

/** With a zone, in UTC; any other text stays as it is. */
function inUtc(text: string): string {
  const time = parseIsoTime(text);
  return time?.offset_ms === undefined ? text : new Date(time.local_ms - time.offset_ms).toISOString();
}

const instant = z
  .string()
  .max(40)
  .overwrite(inUtc)
  .refine((text) => parseIsoTime(text)?.offset_ms !== undefined, {
    error: 'write a time with its zone, such as 2026-12-01T00:00:00Z',
  });

export const modelFields = {
  model: z.enum(ATTRIBUTION_MODELS),
  window_days: z
    .int()
    .min(1)
    .max(WINDOW_DAYS_MAX)
    .optional()
    .describe('Longest time from the click to the conversion. Left out: click_window_days of the offer'),
  view_window_hours: z
    .int()
    .min(1)
    .max(VIEW_WINDOW_HOURS_MAX)
    .optional()
    .describe('Of view_through: longest time from the delivery to the conversion. Left out: 24'),
};
export const VIEW_WINDOW_ALONE = {
  error: 'is of the model view_through alone',
  path: ['view_window_hours'],
};
export const hasItsWindow = ({ model, view_window_hours }: ModelChoice): boolean =>
  view_window_hours === undefined || model === 'view_through';

/** The field `attribution` of an offer: stored in order of time. */
export const attributionField = z
  .array(
    z
      .strictObject({
        ...modelFields,
        from: instant.describe('Conversions from this time on, by their own time; ISO 8601 with a zone'),
      })
      .refine(hasItsWindow, VIEW_WINDOW_ALONE),
  )
  .max(CHOICES_MAX)
  .overwrite((choices) => choices.toSorted((a, b) => Date.parse(a.from) - Date.parse(b.from)))
  .refine((choices) => new Set(choices.map(({ from }) => from)).size === choices.length, {
    error: 'has two choices from the same time on',
  })
  .describe(
    'Which click a conversion is credited to, from a date on: first_click (which holds before the first date), last_click or view_through. A conversion keeps the choice of when it came in; see POST /v2/offers/{id}/attribution/preview and /rebook',
  );
