/** The tools that read: none of them changes anything, and each answer is bounded. */
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import { addressOf } from '../client/address.ts';
import type { Trackly } from '../client/client.ts';
import { GUIDES_PATH, type Guides } from '../guides/guides.ts';
import { BREAKDOWNS } from '../reports/breakdown-query.ts';
import { FILTER_LENGTH_MAX } from '../reports/filter-values.ts';
import { answered, textAnswer } from './mcp-answers.ts';
import { limitOf, REPORTS } from './report.ts';
import { findStory, KINDS } from './trace.ts';

const ROWS_MAX = 100;
const ROWS_DEFAULT = 20;
const FOUND_MAX = 20;
const READS = { readOnlyHint: true, openWorldHint: false } as const;

const time = z.string().max(40).optional();
const range = {
  from: time.describe('Date or ISO 8601 time, such as 2026-11-01. Default: 30 days before `to`'),
  to: time.describe('The same; a plain date includes that day. Default: now'),
  tz: z.string().max(64).optional().describe('IANA time zone, such as Europe/Berlin. Default: UTC'),
  range_by: z
    .enum(['sent', 'event'])
    .optional()
    .describe(
      'sent (default): messages sent in the range and all that came of them; event: what happened in it',
    ),
  where: z
    .record(z.string().max(100), z.string().max(FILTER_LENGTH_MAX))
    .optional()
    .describe('Filters, such as {"campaign_id":"cam_…","offer_id":"off_…"}'),
  limit: z.number().int().min(1).max(ROWS_MAX).default(ROWS_DEFAULT),
};
const columns = z
  .array(z.string().max(60))
  .max(60)
  .optional()
  .describe('Only these columns of the rows, to keep the answer short');

type Row = Record<string, unknown>;

/** Registers them on `server`. */
export function addReadingTools(server: McpServer, trackly: Trackly, guides: Guides): void {
  const read = async (path: string, query: object): Promise<Row> =>
    (await (await trackly.open(addressOf(path, query))).json()) as Row;

  server.registerTool(
    'report',
    {
      title: 'Report',
      description:
        'Figures of the account by campaign, offer, creative, variant, hour and more: sends, clicks, first clicks, rates, conversions, money. `totals` are of all rows, not only of those shown.',
      inputSchema: {
        name: z.enum(REPORTS.filter((name) => name !== 'breakdown')),
        ...range,
        by: z
          .enum(['hour', 'day', 'week', 'month'])
          .optional()
          .describe('Of the report hours: the period of a row'),
        sort: z.string().max(60).optional().describe('A column; with a leading - the largest first'),
        columns,
      },
      annotations: READS,
    },
    ({ name, where, limit, columns, ...query }) =>
      answered(async () =>
        withColumns(
          await read(`/v2/reports/${name}`, { ...where, ...query, ...limitOf(name, limit) }),
          columns,
        ),
      ),
  );

  server.registerTool(
    'breakdown',
    {
      title: 'Breakdown of human clicks',
      description: 'What human clicks are made of, by one dimension, with the share of each value.',
      inputSchema: {
        by: z.enum(BREAKDOWNS).describe('The dimension'),
        parameter: z.string().max(200).optional().describe('With by=parameter: its name, such as utm_source'),
        measure: z.enum(['clicks_human', 'clicks_unique']).optional(),
        ...range,
      },
      annotations: READS,
    },
    ({ where, ...query }) => answered(() => read('/v2/reports/breakdown', { ...where, ...query })),
  );

  server.registerTool(
    'trace',
    {
      title: 'The whole story of one thing',
      description:
        'Of a click, link (or short URL), message, conversion or contact: where it came from, its verdict with reasons, whether it was a first click, its conversions, and the reports that count it.',
      inputSchema: {
        id: z.string().min(1).max(300),
        kind: z.enum(KINDS as [string, ...string[]]).optional(),
      },
      annotations: READS,
    },
    ({ id, kind }) =>
      answered(async () => {
        const found = await findStory(
          trackly,
          id,
          KINDS.find((one) => one === kind),
        );
        return found === undefined
          ? { found: false, hint: 'check the id, or give its kind' }
          : { kind: found.kind, ...found.story };
      }),
  );

  server.registerTool(
    'search',
    {
      title: 'Find ids by names',
      description:
        'Campaigns, offers, creatives and audiences of the account by a part of their name or id, and contacts by the beginning of theirs.',
      inputSchema: { text: z.string().min(1).max(100) },
      annotations: READS,
    },
    ({ text }) => answered(() => search(trackly, text)),
  );

  server.registerTool(
    'schema',
    {
      title: 'Views for SQL',
      description:
        'Without `view`: the views that analysts query, and example questions with their SQL. With it: its columns, with types, units and meanings.',
      inputSchema: { view: z.string().max(100).optional() },
      annotations: READS,
    },
    ({ view }) =>
      answered(async () => {
        const { views, questions, database } = await trackly.get('/v2/schema');
        if (view === undefined) {
          return { database, views: views.map(({ name, comment }) => ({ name, comment })), questions };
        }
        return (
          views.find(({ name }) => name === view) ?? {
            error: `there is no view ${view}`,
            views: views.map(({ name }) => name),
          }
        );
      }),
  );

  server.registerTool(
    'guide',
    {
      title: 'Read the guides',
      description: 'Without `name`: the guides with their headings. With it: the text of one.',
      inputSchema: { name: z.string().max(60).optional() },
      annotations: READS,
    },
    ({ name }) => {
      const text = name === undefined ? undefined : guides.text(name);
      if (text !== undefined) return textAnswer(text);
      const list = guides.contents().map(({ href, title, headings }) => ({
        name: href.slice(GUIDES_PATH.length + 1),
        title,
        headings: headings.map((one) => one.text),
      }));
      return answered(async () => ({
        ...(name !== undefined && { error: `there is no guide "${name}"` }),
        guides: list,
      }));
    },
  );
}

/** Of each row what was asked for. */
function withColumns(answer: Row, columns: readonly string[] | undefined): Row {
  if (columns === undefined || columns.length === 0) return answer;
  const rows = (answer['rows'] ?? []) as Row[];
  return {
    ...answer,
    rows: rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column]]))),
  };
}

async function search(trackly: Trackly, text: string): Promise<object> {
  const query = { q: text, per_page: FOUND_MAX };
  const [{ campaigns }, { offers }, { creatives }, { contacts }] = await Promise.all([
    trackly.get('/v2/campaigns', { query }),
    trackly.get('/v2/offers', { query }),
    trackly.get('/v2/creatives', { query }),
    trackly.get('/v2/contacts', { query: { search: text, limit: FOUND_MAX } }),
  ]);
  return {
    campaigns: campaigns.map(({ campaign_id, name, status }) => ({ campaign_id, name, status })),
    offers: offers.map(({ offer_id, name, status }) => ({ offer_id, name, status })),
    creatives: creatives.map(({ creative_id, name, status }) => ({ creative_id, name, status })),
    contacts,
  };
}
