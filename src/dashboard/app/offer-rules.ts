/**
 * Rules, caps and attribution of an offer as texts in fields, and back as the API takes them. A form keeps each as one
 * text of JSON (`rules`, `caps`, `attribution`), with what was typed. Pure.
 */
import type { Offer } from '../../client/openapi.ts';
import { linesOf } from './lines.ts';
import { clockOf, editedInstant } from './zone-time.ts';

type Rule = NonNullable<Offer['rules']>[number];
type Cap = NonNullable<Offer['caps']>[number];
type Choice = Offer['attribution'][number];

/** The API's own bounds. */
export const RULES_MAX = 20;
export const TARGETS_MAX = 10;
export const CAPS_MAX = 6;
export const CHOICES_MAX = 20;

export const DEVICES = ['iphone', 'ipad', 'android', 'other_phone', 'computer', 'other'] as const;
export const CAP_COUNTS = ['first_clicks', 'conversions', 'payout'] as const;
export const CAP_PERIODS = ['hour', 'day', 'month'] as const;
export const MODELS = ['first_click', 'last_click', 'view_through'] as const;

export interface TargetDraft {
  /** '' where it is an address. */
  offer_id: string;
  url: string;
  weight: string;
}

export interface RuleDraft {
  name: string;
  country: string;
  device: string[];
  language: string;
  hours_from: string;
  hours_to: string;
  days_from: string;
  days_to: string;
  /** Of hours and of days. */
  hours_tz: string;
  days_tz: string;
  /** `name=value` a line; a name alone: any value. */
  query: string;
  to: TargetDraft[];
}

export interface CapDraft {
  count: Cap['count'];
  per: Cap['per'];
  tz: string;
  limit: string;
}

export interface ChoiceDraft {
  /** As it is stored; '' for a new one. */
  stored: string;
  /** What the clocks of the account show. */
  from: string;
  model: Choice['model'];
  window_days: string;
  view_window_hours: string;
}

export const newTarget = (): TargetDraft => ({ offer_id: '', url: '', weight: '1' });

export const newRule = (tz: string): RuleDraft => ({
  ...{ name: '', country: '', device: [], language: '', query: '' },
  ...{ hours_from: '', hours_to: '', days_from: '', days_to: '', hours_tz: tz, days_tz: tz },
  to: [newTarget()],
});

export const newCap = (tz: string): CapDraft => ({ count: 'conversions', per: 'day', tz, limit: '' });

export const newChoice = (): ChoiceDraft => ({
  ...{ stored: '', from: '', model: 'last_click', window_days: '', view_window_hours: '' },
});

/** A list that a form keeps; empty for what is none. */
export function listOf<T>(text: string | undefined): T[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(list) ? (list as T[]) : [];
  } catch {
    return [];
  }
}

const textOf = (value: number | string | undefined): string => (value === undefined ? '' : String(value));
const wordsOf = (text: string): string[] => text.split(/[\s,;]+/).filter((word) => word !== '');

export const ruleDrafts = (rules: readonly Rule[] = [], tz: string): RuleDraft[] =>
  rules.map(({ name, when, to }) => ({
    name,
    country: (when.country ?? []).join(', '),
    device: [...(when.device ?? [])],
    language: (when.language ?? []).join(', '),
    hours_from: textOf(when.hours?.from),
    hours_to: textOf(when.hours?.to),
    days_from: when.dates?.from ?? '',
    days_to: when.dates?.to ?? '',
    hours_tz: when.hours?.tz ?? tz,
    days_tz: when.dates?.tz ?? tz,
    query: Object.entries(when.query ?? {})
      .flatMap(([key, values]) => (values.length === 0 ? [key] : values.map((value) => `${key}=${value}`)))
      .join('\n'),
    to: to.map(({ offer_id = '', url = '', weight = 1 }) => ({ offer_id, url, weight: String(weight) })),
  }));

export const rulesIn = (text: string | undefined): Rule[] => listOf<RuleDraft>(text).map(ruleIn);

function ruleIn(draft: RuleDraft): Rule {
  const { name, to } = draft;
  return {
    name: name.trim(),
    when: whenIn(draft),
    to: to.map(({ offer_id, url, weight }) => ({
      ...(offer_id === '' ? { url: url.trim() } : { offer_id }),
      weight: Number(weight),
    })),
  };
}

function whenIn(draft: RuleDraft): Rule['when'] {
  const { hours_from, hours_to, days_from, days_to } = draft;
  const [country, language] = [wordsOf(draft.country.toUpperCase()), wordsOf(draft.language)];
  const query = queryIn(draft.query);
  return {
    ...(country.length > 0 && { country }),
    ...(draft.device.length > 0 && { device: draft.device as NonNullable<Rule['when']['device']> }),
    ...(language.length > 0 && { language }),
    ...((hours_from !== '' || hours_to !== '') && {
      hours: { from: Number(hours_from), to: hours_to === '' ? 24 : Number(hours_to), tz: draft.hours_tz },
    }),
    ...((days_from !== '' || days_to !== '') && {
      dates: {
        ...(days_from !== '' && { from: days_from }),
        ...(days_to !== '' && { to: days_to }),
        tz: draft.days_tz,
      },
    }),
    ...(Object.keys(query).length > 0 && { query }),
  };
}

function queryIn(text: string): Record<string, string[]> {
  const query: Record<string, string[]> = {};
  for (const line of linesOf(text)) {
    const at = line.indexOf('=');
    const name = (at < 0 ? line : line.slice(0, at)).trim();
    query[name] = [...(query[name] ?? []), ...(at < 0 ? [] : [line.slice(at + 1).trim()])];
  }
  return query;
}

export const capDrafts = (caps: readonly Cap[] = []): CapDraft[] =>
  caps.map(({ count, per, tz, limit }) => ({ count, per, tz, limit: String(limit) }));

/** Of payouts a decimal string, of anything else a number; what is neither goes as it is, and the API says so. */
export const capsIn = (text: string | undefined): Cap[] =>
  listOf<CapDraft>(text).map(({ limit, ...cap }) => ({
    ...cap,
    limit: cap.count !== 'payout' && /^\d+$/.test(limit.trim()) ? Number(limit) : limit.trim(),
  }));

export const choiceDrafts = (choices: readonly Choice[] = [], tz: string): ChoiceDraft[] =>
  choices.map(({ from, model, window_days, view_window_hours }) => ({
    stored: from,
    from: clockOf(from, tz),
    model,
    window_days: textOf(window_days),
    view_window_hours: textOf(view_window_hours),
  }));

export const choicesIn = (text: string | undefined, tz: string): Choice[] =>
  listOf<ChoiceDraft>(text).map(({ stored, from, model, window_days, view_window_hours }) => ({
    model,
    ...(window_days.trim() !== '' && { window_days: Number(window_days) }),
    ...(model === 'view_through' &&
      view_window_hours.trim() !== '' && { view_window_hours: Number(view_window_hours) }),
    from: editedInstant(from, stored === '' ? null : stored, tz) ?? '',
  }));
