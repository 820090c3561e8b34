/**
 * What happened, as events: of the clicks of a batch, of the lines that it books to the money ledger, and of the verdicts
 * that it changes. They are made of what the batch has decided and nothing else, so that every try of the batch makes the
 * same ones, under the same ids. Pure.
 */
import { hash } from 'node:crypto';
import type { CountedClick } from '../clicks/click-fields.ts';
import type { ClickOfVerdict, Standing } from '../clicks/verdict-fields.ts';
import type { Conversion } from '../conversions/conversion.ts';
import { isCounted, type Line } from '../conversions/line.ts';
import { withoutAdIdentifiers } from '../links/opt-out.ts';
import { formatDecimal, parseDecimal } from '../platform/decimal.ts';
import { queryValues } from '../platform/query-string.ts';
import type { EventType } from './webhook.ts';

/** An event before anybody has asked for it. */
export interface Happening {
  id: string;
  type: EventType;
  account_id: string;
  at_ms: number;
  click_id: string;
  conversion_id: string;
  /** The contact that it is about, also where `data` does not name it. */
  contact_id: string;
  /** Everything that may be sent; `contact_id` is null where the contact's id stands there. */
  data: Record<string, unknown>;
  /** What the tap brought. */
  query: Readonly<Record<string, string>>;
}

/** What stored clicks tell of a tap, beside what an event of a conversion or a verdict has itself. */
export interface Tap {
  contact_id: string;
  query: Readonly<Record<string, string>>;
  country: string;
  is_gpc: boolean;
}

const ID_DIGITS = 32;

const idOf = (...parts: readonly (string | number)[]): string =>
  `evt_${hash('sha256', JSON.stringify(parts)).slice(0, ID_DIGITS)}`;

/** Of a person who objects to that their data is passed on, and whose account honours it, nothing personal is sent. */
export type Objects = (account_id: string, is_gpc: boolean) => boolean;

/** `click.human` or `click.bot` of each click, and `click.first` beside it. In the order of `clicks`. */
export function clickEvents(clicks: readonly CountedClick[], objects: Objects): Happening[] {
  return clicks.flatMap((counted) => {
    const { click, judged, agent, first } = counted;
    const { account_id, click_id, clicked_at_ms, contact_id } = click;
    const objected = objects(account_id, click.headers['sec-gpc'] === '1');
    const of = {
      ...{ account_id, at_ms: clicked_at_ms, click_id, conversion_id: '', contact_id },
      query: queryValues(objected ? withoutAdIdentifiers(click.query) : click.query),
      data: {
        ...idsOfClick(click),
        contact_id: objected ? '' : null,
        domain: click.domain,
        clicked_at: isoTime(clicked_at_ms),
        verdict: judged.verdict,
        bot_reasons: judged.bot_reasons,
        is_first: first.is_first,
        is_first_for_offer: first.is_first_for_offer,
        country: judged.place.country,
        device: agent.device,
        os: agent.os,
        browser: agent.browser,
        payout: first.payout,
        currency: first.currency,
      },
    };
    const types: EventType[] = [judged.verdict === 'bot' ? 'click.bot' : 'click.human'];
    if (first.is_first) types.push('click.first');
    return types.map((type) => ({ ...of, type, id: idOf(type, click_id) }));
  });
}

type OfLink = Pick<
  ClickOfVerdict,
  'click_id' | 'link_id' | 'message_id' | 'campaign_id' | 'variant_id' | 'creative_id' | 'offer_id'
>;

const idsOfClick = (click: OfLink) => ({
  click_id: click.click_id,
  link_id: click.link_id,
  message_id: click.message_id,
  campaign_id: click.campaign_id,
  variant_id: click.variant_id,
  creative_id: click.creative_id,
  offer_id: click.offer_id,
});

/** A click whose standing has changed after it was counted. */
export interface ChangedClick {
  click: ClickOfVerdict;
  before: Standing;
  after: Standing;
}

/**
 * `verdict.changed` of each click that counts otherwise than before: by its verdict, as a first click, or in its payout.
 * `at_ms`: when the batch was frozen.
 */
export function verdictEvents(
  changed: readonly ChangedClick[],
  taps: ReadonlyMap<string, Tap>,
  objects: Objects,
  at_ms: number,
): Happening[] {
  return changed.flatMap(({ click, before, after }): Happening[] => {
    if (countsAlike(before, after)) return [];
    const { account_id, click_id } = click;
    const tap = taps.get(click_id);
    return [
      {
        id: idOf('verdict.changed', click_id, before.change + 1),
        type: 'verdict.changed',
        ...{ account_id, at_ms, click_id, conversion_id: '' },
        contact_id: tap?.contact_id ?? '',
        query: queryOf(tap, objects, account_id),
        data: {
          ...idsOfClick(click),
          contact_id: contactOf(tap, objects, account_id),
          domain: click.domain,
          clicked_at: isoTime(click.clicked_at_ms),
          ...{ verdict: after.verdict, verdict_before: before.verdict },
          bot_reasons: after.bot_reasons,
          ...{ is_first: after.is_first === 1, is_first_before: before.is_first === 1 },
          is_first_for_offer: after.is_first_for_offer === 1,
          is_first_for_offer_before: before.is_first_for_offer === 1,
          country: after.country,
          ...{ device: click.device, os: click.os, browser: click.browser },
          ...{ payout: after.payout, payout_before: before.payout },
          currency: after.currency || before.currency,
        },
      },
    ];
  });
}

const countsAlike = (before: Standing, after: Standing): boolean =>
  before.verdict === after.verdict &&
  before.is_first === after.is_first &&
  before.is_first_for_offer === after.is_first_for_offer &&
  Number(before.payout) === Number(after.payout);

/** A line of the money ledger with its conversion. */
export interface Booked {
  sign: 1 | -1;
  conversion: Conversion;
  line: Line;
}

/**
 * `conversion.booked` or `conversion.reversed` of each line that counts. A line may be booked, reversed and booked again:
 * its batch tells the events apart. `batch`: its token, and when it was frozen.
 */
export function conversionEvents(
  lines: readonly Booked[],
  taps: ReadonlyMap<string, Tap>,
  objects: Objects,
  batch: { token: string; frozen_at_ms: number },
): Happening[] {
  return lines.flatMap(({ sign, conversion, line }): Happening[] => {
    if (!isCounted(line)) return [];
    const { account_id, conversion_id } = conversion;
    const { click_id } = line;
    const tap = taps.get(click_id);
    const type = sign === 1 ? 'conversion.booked' : 'conversion.reversed';
    return [
      {
        id: idOf(type, batch.token, conversion_id, JSON.stringify({ ...line, contact_id: '' })),
        type,
        ...{ account_id, at_ms: batch.frozen_at_ms, click_id, conversion_id },
        contact_id: line.contact_id || conversion.subject.contact_id,
        query: queryOf(tap, objects, account_id),
        data: {
          ...{ conversion_id, click_id, link_id: line.link_id, message_id: line.message_id },
          contact_id: tap === undefined ? null : contactOf(tap, objects, account_id),
          ...{ campaign_id: line.campaign_id, variant_id: line.variant_id, creative_id: line.creative_id },
          ...{ offer_id: conversion.offer_id, domain: line.domain },
          clicked_at: line.click_id === '' ? '' : isoTime(line.credited_at_ms),
          country: tap?.country ?? '',
          ...{ event: conversion.event, txn_id: conversion.txn_id },
          revenue: formatDecimal((parseDecimal(line.sales) ?? 0n) - (parseDecimal(line.refunds) ?? 0n)),
          ...{ payout: line.payout, currency: line.currency, status: line.status, sign },
          converted_at: isoTime(conversion.converted_at_ms),
        },
      },
    ];
  });
}

function queryOf(tap: Tap | undefined, objects: Objects, account_id: string): Record<string, string> {
  if (tap === undefined) return {};
  if (!objects(account_id, tap.is_gpc)) return { ...tap.query };
  // As withoutAdIdentifiers leaves the text that the parameters were read from.
  const kept = new URLSearchParams(withoutAdIdentifiers(new URLSearchParams(tap.query).toString()));
  return Object.fromEntries(kept);
}

/** Null: the contact's own id is put there. */
const contactOf = (tap: Tap | undefined, objects: Objects, account_id: string): '' | null =>
  tap !== undefined && objects(account_id, tap.is_gpc) ? '' : null;

const isoTime = (ms: number): string => new Date(ms).toISOString();
