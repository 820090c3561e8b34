/**
 * The clicks that a conversion could have been credited to, for its story: which one has it, and why the others do not.
 * By the rules that the worker decides with. Errors: see ask-clickhouse.ts.
 */
import type { AttributionModel, Rebooked } from '../catalog/attribution.ts';
import { rebookedAttribution } from '../catalog/attribution.ts';
import type { ClickHouseClient } from '../clickhouse/client.ts';
import type { Conversion } from '../conversions/conversion.ts';
import { type Candidate, type WhyNot, whyNot } from '../conversions/credits/choose-click.ts';
import { readCandidates } from '../conversions/credits/read-candidates.ts';
import type { ConversionStory } from './read-conversions.ts';

/** Candidates that a story shows: the one that has the conversion, and the newest others. */
export const CANDIDATES_SHOWN_MAX = 100;

export interface CandidateStory {
  click_id: string;
  message_id: string;
  link_id: string;
  clicked_at: string;
  chosen: boolean;
  /** null for the one that has it. */
  why_not: WhyNot | null;
}

/** What decides among the clicks. */
export interface AttributionStory {
  model: AttributionModel;
  click_window_days: number;
  view_window_hours: number;
  /** The booking that set it; null: the offer's choice when it came in. */
  booking: string | null;
}

/** `rebooked`: of the conversion's offer. */
export function attributionStory(
  { converted_at_ms, terms }: Conversion,
  rebooked: readonly Rebooked[] | undefined,
): AttributionStory {
  const anew = rebookedAttribution(rebooked, converted_at_ms, terms.click_window_days);
  const { model, click_window_days, view_window_hours } = anew ?? terms;
  return { model, click_window_days, view_window_hours, booking: anew?.booking ?? null };
}

/** Newest first; none for what is credited by coupon or to nothing. Expired clicks are gone, but for the chosen one. */
export async function traceCandidates(
  clickhouse: ClickHouseClient,
  facts: Conversion,
  { model, click_window_days, view_window_hours }: AttributionStory,
  { click_id, message_id, link_id, credited_at }: ConversionStory,
): Promise<CandidateStory[]> {
  if (facts.credit_by !== 'click') return [];
  const terms = { ...facts.terms, model, click_window_days, view_window_hours };
  // Clicks before the window are shown too.
  const searched = { ...facts, terms: { click_window_days: 2 * click_window_days } };
  const [found = []] = await readCandidates(clickhouse, facts.account_id, [searched]);
  const shown = found.map((one) => storyOf({ ...facts, terms }, one, found, click_id));
  const chosen = shown.find((one) => one.chosen);
  const others = shown.filter((one) => !one.chosen).slice(0, CANDIDATES_SHOWN_MAX - 1);
  if (click_id === '') return others;
  const own = { click_id, message_id, link_id, clicked_at: credited_at, chosen: true, why_not: null };
  return [...others, chosen ?? own].toSorted((a, b) => (a.clicked_at < b.clicked_at ? 1 : -1));
}

function storyOf(
  conversion: Conversion,
  candidate: Candidate,
  all: readonly Candidate[],
  chosen_id: string,
): CandidateStory {
  const { click_id, message_id, link_id, clicked_at_ms } = candidate;
  const chosen = click_id === chosen_id;
  return {
    click_id,
    message_id,
    link_id,
    clicked_at: new Date(clicked_at_ms).toISOString(),
    chosen,
    why_not: chosen ? null : whyNot(conversion, candidate, all, chosen_id),
  };
}
