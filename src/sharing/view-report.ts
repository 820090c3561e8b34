/**
 * Which report a saved view shows, for whoever reads it without the console: under a shared address, in a mail, in a
 * chat. A view with a filter that the report does not know has none: it would show more than its page does. Pure.
 */
import { type Filter, REPORTS, type ReportName, sortColumns } from '../reports/definitions.ts';
import type { RangeBy } from '../reports/measures.ts';
import type { View } from './view.ts';

/** Lists that may be shared. Messages and links name contacts' messages: they stay in the account. */
const LISTS = ['campaigns', 'offers', 'creatives', 'domains'] as const;
type List = (typeof LISTS)[number];

const FILTER_OF: Record<List, Filter> = {
  campaigns: 'campaign_id',
  offers: 'offer_id',
  creatives: 'creative_id',
  domains: 'domain',
};

/** Parameters of an address that change how a page looks, and none of its figures. */
const LOOKS = new Set([
  ...['from', 'to', 'range_by', 'sort', 'page', 'search'],
  ...['compare', 'compare_from', 'compare_to', 'grain', 'measure', 'by', 'tab', 'heat'],
]);

export interface ViewReport {
  /** `hours` is the figures over time. */
  name: ReportName;
  filters: Partial<Record<Filter, string>>;
  range_by: RangeBy;
  sort: { column: string; descending: boolean };
  search: string | undefined;
}

/** The report, or why there is none. */
export type Shareable = { report: ViewReport } | { why_not: string };

/** Nobody else in the account could see what is sent out of it, nor end it. */
const PRIVATE =
  'it is private to one member: make it a view of the whole account first, so that others see who reads it';
const PAGES = 'an overview, a list of campaigns, offers, creatives or domains, or one of them';

export function reportOfView(view: Pick<View, 'path' | 'query' | 'private_to'>): Shareable {
  return view.private_to === '' ? reportOfPage(view) : { why_not: PRIVATE };
}

function reportOfPage({ path, query }: Pick<View, 'path' | 'query'>): Shareable {
  const [, first = '', id = '', inside = ''] = path.split('/');
  const list = LISTS.find((one) => one === first);
  const isOther = (first !== '' && list === undefined) || inside !== '' || id === 'new';
  if (isOther) return { why_not: `this page has no report that can be read outside of it: take ${PAGES}` };
  const name = list !== undefined && id === '' ? list : 'hours';
  const filters: ViewReport['filters'] =
    list !== undefined && id !== '' ? { [FILTER_OF[list]]: decodeURIComponent(id) } : {};
  for (const [key, value] of Object.entries(query)) {
    const filter = REPORTS[name].filters.find((one) => one === key);
    if (filter !== undefined) filters[filter] ??= value;
    else if (!LOOKS.has(key))
      return {
        why_not: `its filter ${key} is not known to this report, which would show more than the page: take the filter away`,
      };
  }
  return {
    report: {
      name,
      filters,
      range_by: query['range_by'] === 'event' ? 'event' : 'sent',
      sort: sortOf(name, query['sort'] ?? ''),
      search: name === 'hours' ? undefined : query['search'],
    },
  };
}

function sortOf(name: ReportName, wanted: string): ViewReport['sort'] {
  if (name === 'hours') return { column: 'hour', descending: false };
  const column = wanted.replace(/^-/, '');
  if (!sortColumns(REPORTS[name]).includes(column)) return { column: 'clicks_unique', descending: true };
  return { column, descending: wanted.startsWith('-') };
}
