/**
 * GET /v2/schema and the page /schema: what analysts can query, with ten example questions. It describes tables and
 * shows no rows. Migrations finish before this process listens, so the schema is read from ClickHouse once. While
 * ClickHouse is down: 503.
 */
import { z } from 'zod';
import { readSchema, type Schema } from '../../analysts/schema.ts';
import { schemaPage } from '../../analysts/schema-page.ts';
import { PLAIN_PAGE_HEADERS } from '../../platform/plain-page.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { ApiError } from '../http/errors.ts';

const schema = z.object({
  database: z.string(),
  views: z.array(
    z.object({
      name: z.string(),
      comment: z.string().describe('What one row stands for'),
      columns: z.array(
        z.object({
          name: z.string(),
          type: z.string().describe("ClickHouse's"),
          comment: z.string().describe('What it means'),
          unit: z.string().describe('Empty for names, ids and texts'),
        }),
      ),
    }),
  ),
  questions: z.array(
    z.object({
      title: z.string(),
      sql: z.string().describe('Runs unchanged, with account_id and the parameters'),
      columns: z.array(z.object({ name: z.string(), meaning: z.string() })),
      parameters: z.array(
        z.object({ name: z.string(), type: z.string(), meaning: z.string(), example: z.string() }),
      ),
    }),
  ),
});

export function schemaRoutes(app: Api, { clickhouse }: ApiContext): void {
  let known: Schema | undefined;
  const read = async (): Promise<Schema> => {
    known ??= await readSchema(clickhouse).catch(() => {
      throw new ApiError('unavailable', 'the views can not be described just now: try again in a moment');
    });
    return known;
  };

  app.get(
    '/v2/schema',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['analysts'],
        summary: 'The views for your own SQL, and ten example questions with their SQL',
        response: { 200: schema },
      },
    },
    async () => {
      const { views, questions, database } = await read();
      return { database, views, questions: [...questions] };
    },
  );

  app.get('/schema', { config: { open: true }, schema: { hide: true } }, async (_request, reply) => {
    const page = schemaPage(await read());
    return reply.headers(PLAIN_PAGE_HEADERS).send(page);
  });
}
