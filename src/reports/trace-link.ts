/**
 * The trace of a link: the link itself, or after it expired the data still in the rollup, with its totals and latest
 * clicks. With Redis or ClickHouse down it rejects.
 */
import { entityKey } from '../catalog/definitions.ts';
import type { QueryMode } from '../catalog/parameter-rules.ts';
import { domainKey } from '../domains/domain.ts';
import type { Link } from '../links/link.ts';
import { readLink } from '../links/link-store.ts';
import type { Closure } from '../takedowns/takedown.ts';
import { type ClickStory, readClicks } from './read-clicks.ts';
import { type ConversionStory, readConversions, TRACE_CONVERSIONS_MAX } from './read-conversions.ts';
import { type RefusedStory, readRefusedTaps } from './read-refused.ts';
import type { ReportSources } from './read-report.ts';
import { type Totals, totalsOfRows } from './totals.ts';
import { linkRows } from './trace-totals.ts';

export const LINK_CLICKS_MAX = 100;

export interface LinkStory {
  link: {
    link_id: string;
    link_key: string;
    message_id: string;
    /** null once the link and the raw rows have expired. */
    contact_id: string | null;
    offer_id: string;
    creative_id: string;
    campaign_id: string;
    variant_id: string;
    sent_at: string | null;
    /** Whether it is a test: no report counts it. */
    is_test: boolean;
    /** The link's own destination; '' if it uses the offer's. */
    url: string;
    expires_at: string | null;
    url_params: Readonly<Record<string, string>>;
    query: QueryMode | null;
    /** `gone`: the link has left Redis and ClickHouse; a tap answers 404. */
    status: 'active' | 'disabled' | 'expired' | 'gone' | 'taken_down';
    /** What the operator has closed of the link, its offer and its domain; null: nothing. */
    taken_down: TracedClosure | null;
    /** '': the installation's own; null once the link is gone. */
    domain: string | null;
  };
  totals: Totals;
  /** Newest first, at most LINK_CLICKS_MAX. */
  clicks: ClickStory[];
  /** Taps that did not reach the destination, newest first, at most TRACE_REFUSED_MAX. */
  refused: RefusedStory[];
  /** Conversions credited to the link, by time, at most TRACE_CONVERSIONS_MAX. */
  conversions: ConversionStory[];
}

export const CLOSED_PARTS = ['link', 'offer', 'domain'] as const;

export interface TracedClosure extends Closure {
  /** Which of them the operator has taken down. */
  what: (typeof CLOSED_PARTS)[number];
}

async function closureOf({ reader }: ReportSources, link: Link): Promise<TracedClosure | null> {
  const read = async (key: string | undefined): Promise<Closure | undefined> => {
    const text = key === undefined ? null : await reader.read(key);
    return text === null ? undefined : (JSON.parse(text) as { taken_down?: Closure }).taken_down;
  };
  const { account_id, offer_id, domain } = link;
  const closures = [
    link.taken_down,
    await read(offer_id === '' ? undefined : entityKey('offer', account_id, offer_id)),
    await read(domain === '' ? undefined : domainKey(account_id, domain)),
  ];
  const first = closures.findIndex((closure) => closure !== undefined);
  const [what, closure] = [CLOSED_PARTS[first], closures[first]];
  return what === undefined || closure === undefined ? null : { what, ...closure };
}

/** The story, or undefined if this account has no such link. */
export async function traceLink(
  sources: ReportSources,
  account_id: string,
  link_id: string,
  now_ms: number,
): Promise<LinkStory | undefined> {
  const [kept, rows, clicks, refused, conversions] = await Promise.all([
    readLink(sources.reader, link_id),
    linkRows(sources, account_id, { link_id }),
    readClicks(sources.clickhouse, account_id, { link_id }, 'newest', LINK_CLICKS_MAX),
    readRefusedTaps(sources.clickhouse, account_id, { link_id }),
    readConversions(sources.clickhouse, account_id, { link_id }, TRACE_CONVERSIONS_MAX),
  ]);
  // The id of an expired link may be given to a new link, possibly of another account.
  if (kept !== null && kept.account_id !== account_id) return undefined;
  const known = kept ?? rows[0];
  if (known === undefined) return undefined;

  const taken_down = kept === null ? null : await closureOf(sources, kept);
  const status = (): LinkStory['link']['status'] => {
    if (kept === null) return 'gone';
    if (taken_down !== null) return 'taken_down';
    if (kept.disabled) return 'disabled';
    return kept.expires_at_ms > 0 && kept.expires_at_ms <= now_ms ? 'expired' : 'active';
  };
  const sent_at = kept ? new Date(kept.sent_at_ms).toISOString() : (clicks[0]?.sent_at ?? null);
  return {
    link: {
      link_id,
      link_key: String(known.link_key),
      message_id: String(known.message_id),
      contact_id: kept?.contact_id ?? clicks[0]?.contact_id ?? null,
      offer_id: String(known.offer_id),
      creative_id: String(known.creative_id),
      campaign_id: String(known.campaign_id),
      variant_id: String(known.variant_id),
      sent_at,
      is_test: kept?.is_test ?? clicks[0]?.is_test ?? false,
      url: kept?.url ?? '',
      expires_at: kept && kept.expires_at_ms > 0 ? new Date(kept.expires_at_ms).toISOString() : null,
      url_params: kept?.url_params ?? {},
      query: kept?.query ?? null,
      status: status(),
      taken_down,
      domain: kept?.domain ?? null,
    },
    totals: totalsOfRows(rows),
    clicks,
    refused,
    conversions,
  };
}
