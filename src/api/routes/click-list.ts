/** GET /v2/clicks: single clicks of a range, newest first, such as the bots of one reason. With ClickHouse down: 503. */
import { z } from 'zod';
import { NO_VALUE } from '../../reports/breakdown-query.ts';
import { CLICK_FILTERS, type ClickFilter, LISTED_CLICK, listClicks } from '../../reports/list-clicks.ts';
import { readExactRange } from '../../reports/report-range.ts';
import { columnSchemas } from '../http/column-schemas.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { explainErrors } from '../http/explain-errors.ts';
import { givenOf } from './report-filters.ts';
import { filter, filtersOf, isoRange, timeQuery } from './report-schemas.ts';

const ROWS_MAX = 1_000;
const ROWS_DEFAULT = 50;
/** When the last click of an answer was, in ms, and its id. */
const CURSOR = /^(\d{1,15})\.([\w-]{1,64})$/;

const querystring = z.strictObject({
  ...timeQuery('by the time of the click'),
  ...filtersOf(CLICK_FILTERS),
  verdict: z.enum(['human', 'bot']).optional().describe('Only this verdict, as it is now'),
  kind: filter.describe('Only clicks with a reason of this kind, such as `network`'),
  reason: filter.describe(
    'Only clicks with this reason, such as `network:hosting`; people may have weak ones',
  ),
  delay: filter.describe('Only clicks so many seconds after the send, as by=delay of the report on bots'),
  network: filter.describe(`Only this network, by its number; \`${NO_VALUE}\`: unknown`),
  country: filter.describe(`Only this country, ISO 3166; \`${NO_VALUE}\`: unknown`),
  after: z
    .string()
    .regex(CURSOR, 'is no `next` of an answer: send it as it was')
    .optional()
    .describe('`next` of the answer before, for the same range and filters'),
  limit: z.coerce.number().int().min(1).max(ROWS_MAX).default(ROWS_DEFAULT),
});

const answer = z.object({
  clicks: z.array(z.object(columnSchemas(LISTED_CLICK)).meta({ id: 'ListedClick' })).describe('Newest first'),
  more: z.boolean().describe('There are others, older ones'),
  next: z.string().nullable().describe('For `after`, to read those; null where there are none'),
  range: z.object({ from: z.string(), to: z.string(), tz: z.string() }).describe('The range covered, UTC'),
});

export function clickListRoutes(app: Api, { clickhouse }: ApiContext): void {
  const schema = {
    tags: ['traces'],
    summary: 'Clicks of a range, newest first',
    description:
      'With their verdicts of now, for as long as the account keeps clicks. Tests are not among them. `GET /v2/clicks/{id}` has the story of one.',
    querystring,
    response: { 200: answer },
  };
  app.get('/v2/clicks', { config: { scope: 'read', limit: 'report' }, schema }, (request) =>
    explainErrors(async () => {
      const { from, to, tz, limit, after, ...given } = request.query;
      const range = readExactRange(from, to, tz, Date.now());
      const filters = givenOf<ClickFilter>(given);
      const { account_id } = request.account;
      const [, at_ms = '', click_id = ''] = CURSOR.exec(after ?? '') ?? [];
      const before = after === undefined ? undefined : { clicked_at_ms: Number(at_ms), click_id };
      const { rows, more } = await listClicks(clickhouse, { account_id, range, filters, before, limit });
      const last = rows.at(-1);
      const next = more && last !== undefined ? `${Date.parse(last.clicked_at)}.${last.click_id}` : null;
      return { clicks: rows, more, next, range: isoRange(range) };
    }),
  );
}
