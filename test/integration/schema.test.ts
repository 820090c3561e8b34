/** GET /v2/schema and the page /schema: every documented view, column, meaning and unit, and the questions. */
import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { QUESTIONS } from '../../src/analysts/questions.ts';
import { REPORT_VIEWS } from '../../src/analysts/report-views.ts';
import type { Schema } from '../../src/analysts/schema.ts';
import type { Api, ApiContext } from '../../src/api/http/context.ts';
import { schemaRoutes } from '../../src/api/routes/schema.ts';
import { migrate } from '../../src/clickhouse/migrate.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { startClickHouse, type TestClickHouse } from '../support/clickhouse.ts';

let engine: TestClickHouse;
const app = Fastify();

beforeAll(async () => {
  engine = await startClickHouse();
  await migrate(engine.client, createLogger('test', 'silent'));
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  schemaRoutes(app as unknown as Api, { clickhouse: engine.client } as ApiContext);
});

afterAll(async () => {
  await app.close();
  await engine?.stop();
});

const schema = async (): Promise<Schema> => (await app.inject('/v2/schema')).json();

it('describes every view and each of its columns', async () => {
  const { views } = await schema();
  expect(views.map(({ name }) => name)).toEqual([...REPORT_VIEWS]);
  for (const { name, comment, columns } of views) {
    expect(comment, name).toMatch(/\S{3}/);
    expect(columns.length, name).toBeGreaterThan(5);
    expect(columns.filter((column) => column.comment === '').map((column) => column.name)).toEqual([]);
  }
});

it('says in which unit everything is that is counted or measured', async () => {
  const { views } = await schema();
  const silent = views.flatMap(({ name, columns }) =>
    columns
      .filter(({ type, unit }) => unit === '' && /^(U?Int|Float|Decimal|Date)/.test(type))
      .map((column) => `${name}.${column.name}`),
  );
  // Numbers that are names: of a network, of a rejudgement, of a change, of an HTTP status.
  expect(silent.filter((column) => !/\.(asn|rejudgement|change|status)$/.test(column))).toEqual([]);
});

it('has the ten questions, each with what its answer means', async () => {
  expect((await schema()).questions).toEqual(QUESTIONS);
});

it('is a page that loads nothing, with every name and question on it', async () => {
  const { headers, payload } = await app.inject('/schema');
  expect(headers['content-security-policy']).toMatch(
    /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+';/,
  );
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  expect(payload).not.toMatch(/<script|<img|<link|src=|https?:/);
  expect(payload).toContain('prefers-color-scheme:dark');
  for (const { name, columns } of (await schema()).views) {
    expect(payload).toContain(`<h3 id="${name}">`);
    for (const column of columns) expect(payload).toContain(`<code>${column.name}</code>`);
  }
  for (const { title } of QUESTIONS) expect(payload).toContain(title.replace('&', '&amp;'));
  const ids = [...payload.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [, id] of payload.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(id);
});
