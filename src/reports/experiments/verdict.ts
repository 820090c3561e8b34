/**
 * The result of an A/B test by click rate, also as a sentence: which variant leads, how certain that is, and how many
 * messages would settle it. Pure.
 */
import { isHopeless } from './hopeless.ts';
import { sampleSize } from './sample-size.ts';

export interface Contender {
  variant_id: string;
  planned_percent: number;
  sent: number;
  rate: number;
  /** Chance to be best; null without messages. */
  chance: number | null;
}

/**
 *   none      fewer than two variants have messages
 *   same      the two best are equal
 *   mismatch  the split is not as planned: nothing is to be trusted
 *   early     it is too early to judge
 *   better    the best is better, by its chance
 *   alike     the two best hardly differ: waiting is not worth it
 *   open      no difference is to be seen yet
 */
export const OUTCOMES = ['none', 'same', 'mismatch', 'early', 'better', 'alike', 'open'] as const;
type Outcome = (typeof OUTCOMES)[number];

export interface Verdict {
  metric: 'click_rate';
  outcome: Outcome;
  /** The leading variant; null if there is no other variant to compare with, or the two best are equal. */
  best: string | null;
  /** The one behind it; null where there is no best. */
  second: string | null;
  /** Chance of the best to be best. */
  chance: number | null;
  /**
   * Further messages of the campaign, split as planned, until the two best have the sample size for the observed
   * difference between them (see sample-size.ts). 0: they have it; null: no number would be enough.
   */
  messages_needed: number | null;
  sentence: string;
}

/** From this chance on, a lead is called better. Below it, more than one lead in twenty is due to chance. */
const BETTER_CHANCE = 0.95;

/** `mismatch`: the split is not as planned; `early`: it is too early to judge. Both change only the sentence. */
export function verdictOf(
  contenders: readonly Contender[],
  { early, mismatch }: { early: boolean; mismatch: boolean },
): Verdict {
  const ranked = contenders
    .filter((each): each is Contender & { chance: number } => each.chance !== null)
    .sort((a, b) => b.chance - a.chance);
  const [best, second] = ranked;
  const none = {
    metric: 'click_rate',
    best: null,
    second: null,
    chance: null,
    messages_needed: null,
  } as const;
  if (best === undefined || second === undefined) {
    return {
      ...none,
      outcome: 'none',
      sentence: 'Nothing to compare yet: fewer than two variants have messages in this range.',
    };
  }
  const both = contenders.filter((each) => each === best || each === second);
  const names = both.map(({ variant_id }) => variant_id).join(' and ');
  if (best.rate === second.rate && best.sent === second.sent) {
    return {
      ...none,
      outcome: 'same',
      sentence: `${names} are the same so far: ${percent(best.rate)} click.`,
    };
  }
  const messages_needed = messagesNeeded(best, second);
  const sent = contenders.reduce((sum, each) => sum + each.sent, 0);
  const hopeless = isHopeless(messages_needed, sent);
  const outcome = outcomeOf(best.chance, { early, mismatch, hopeless });
  const lead = { name: best.variant_id, chance: best.chance, names, of: ranked.length };
  return {
    ...{ metric: 'click_rate', outcome, best: best.variant_id, second: second.variant_id },
    chance: best.chance,
    messages_needed,
    sentence: sentenceOf(outcome, lead, { needed: messages_needed ?? 0, hopeless }),
  };
}

function outcomeOf(
  chance: number,
  { early, mismatch, hopeless }: { early: boolean; mismatch: boolean; hopeless: boolean },
): Exclude<Outcome, 'none' | 'same'> {
  if (mismatch) return 'mismatch';
  // A chance beside it would be read as an answer.
  if (early) return 'early';
  if (chance >= BETTER_CHANCE) return 'better';
  return hopeless ? 'alike' : 'open';
}

/** The campaign's messages until both variants have the sample size; the one that needs more decides. */
function messagesNeeded(best: Contender, second: Contender): number | null {
  const needed = sampleSize(best.rate, second.rate);
  const more = [best, second].map(({ sent, planned_percent }) =>
    sent >= needed ? 0 : ((needed - sent) * 100) / planned_percent,
  );
  const messages = Math.ceil(Math.max(...more));
  return Number.isFinite(messages) ? messages : null;
}

interface Lead {
  name: string;
  chance: number;
  /** The two best. */
  names: string;
  /** How many are compared. */
  of: number;
}

function sentenceOf(
  outcome: Exclude<Outcome, 'none' | 'same'>,
  { name, chance, names, of }: Lead,
  { needed, hopeless }: { needed: number; hopeless: boolean },
): string {
  const sure = chanceText(chance);
  const settle = needed === 0 ? '' : `; about ${about(needed)} more messages would settle it`;
  const better = of === 2 ? 'better' : `the best of ${of}`;
  const sentences = {
    mismatch: `Not to be trusted: the messages were not split as planned. ${name} would lead with ${sure}.`,
    early: `Too early to say: ${name} is ahead for now, which is often chance${settle}.`,
    better: `${name} is ${better}: ${sure}${hopeless ? '' : settle || '; that is settled'}.`,
    alike: `${names} hardly differ: ${name} leads with ${sure}; waiting is not worth it.`,
    open: `No difference to see yet: ${name} leads with ${sure}${settle}.`,
  };
  return sentences[outcome];
}

/** In whole per cent; near certainty to a tenth, never 100 %. */
function chanceText(chance: number): string {
  if (chance < 0.99) return `${Math.round(chance * 100)} %`;
  return `${Math.min(99.9, Math.floor(chance * 1_000) / 10)} %`;
}

const percent = (rate: number): string => `${Number((rate * 100).toFixed(1))} %`;

/** Rounded to two digits, because it is only an estimate. */
const about = (value: number): string => Number(value.toPrecision(2)).toLocaleString('en-US');
