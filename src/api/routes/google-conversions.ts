/** GET /v2/conversions/google-ads.csv: the file by which Google Ads imports conversions. With ClickHouse down: 503. */
import { Readable } from 'node:stream';
import { z } from 'zod';
import { EVENTS } from '../../conversions/conversion.ts';
import { CONSENTS, googleColumns, streamGoogleConversions } from '../../reports/list-google-conversions.ts';
import { csvOf } from '../../reports/report-csv.ts';
import { readRange } from '../../reports/report-range.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { explainErrors } from '../http/explain-errors.ts';

const consent = z.enum(CONSENTS).optional();
const querystring = z.strictObject({
  conversion_name: z.string().trim().min(1).max(100).describe('The conversion action’s name in Google Ads'),
  from: z.string().max(40).optional().describe('As in the reports; by the time of the conversion'),
  to: z.string().max(40).optional(),
  tz: z.string().max(64).default('UTC'),
  offer_id: z.string().min(1).max(60).optional(),
  event: z.enum(EVENTS).optional(),
  click_ids: z
    .enum(['gclid', 'all'])
    .default('gclid')
    .describe('all: also conversions by gbraid and wbraid, in columns that Google’s template does not have'),
  ad_user_data: consent.describe('What the contacts have consented to: the column Ad User Data'),
  ad_personalization: consent.describe('The same for the column Ad Personalization'),
});

export function googleConversionRoutes(app: Api, { clickhouse }: ApiContext): void {
  app.get(
    '/v2/conversions/google-ads.csv',
    {
      config: { scope: 'read', limit: 'download' },
      schema: {
        tags: ['webhooks'],
        summary: 'Conversions as the file that Google Ads imports',
        description:
          'Those in force whose tap brought a Google click id, with value, time and consent. Upload it in Google Ads under Goals, Conversions, Uploads; lines that it has already it ignores.',
        querystring,
        response: {
          200: { description: 'The file', content: { 'text/csv': { schema: z.string() } } },
        },
      },
    },
    (request, reply) =>
      explainErrors(async () => {
        const { from, to, tz, click_ids, ...rest } = request.query;
        const with_braids = click_ids === 'all';
        const rows = await streamGoogleConversions(clickhouse, {
          account_id: request.account.account_id,
          range: readRange(from, to, tz, Date.now()),
          ...{ ...rest, with_braids },
          honours_gpc: request.account.honour_gpc !== false,
        });
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', 'attachment; filename="google-ads.csv"')
          .send(
            Readable.from(
              csvOf(googleColumns(with_braids), rows, { reader: 'machines' }),
            ) as unknown as string,
          );
      }),
  );
}
