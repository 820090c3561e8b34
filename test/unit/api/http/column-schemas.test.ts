import { expect, it } from 'vitest';
import { z } from 'zod';
import { columnSchemas } from '../../../../src/api/http/column-schemas.ts';

const schemas = columnSchemas({
  account_id: { type: 'LowCardinality(String)', meaning: 'Account' },
  clicked_at: { type: "DateTime64(3, 'UTC')", meaning: 'When, UTC' },
  score: { type: 'UInt8', meaning: 'Points' },
  is_first: { type: 'UInt8', meaning: '1 for the first' },
  payout: { type: 'Decimal(38, 6)', meaning: 'Payout', reported: 'What it adds' },
  bot_reasons: { type: 'Array(LowCardinality(String))', meaning: 'Signs' },
  headers: { type: 'Map(LowCardinality(String), String)', meaning: 'Headers' },
});

it('accepts what ClickHouse gives for each type', () => {
  const row = {
    account_id: 'acc',
    clicked_at: '2026-11-28T12:00:00.000Z',
    score: 100,
    is_first: true,
    payout: '0.050000',
    bot_reasons: ['method:head'],
    headers: { accept: '*/*' },
  };
  expect(z.object(schemas).parse(row)).toEqual(row);
  for (const name of Object.keys(row)) {
    expect(z.object(schemas).safeParse({ ...row, [name]: null }).success, name).toBe(false);
  }
  expect(schemas.score.safeParse('100').success).toBe(false);
  expect(schemas.is_first.safeParse(1).success).toBe(false);
});

it('describes each with its meaning, and with that of the report view where it has one of its own', () => {
  const descriptions = Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, schema.description]),
  );
  expect(descriptions).toEqual({
    account_id: 'Account',
    clicked_at: 'When, UTC',
    score: 'Points',
    is_first: 'True for the first',
    payout: 'What it adds',
    bot_reasons: 'Signs',
    headers: 'Headers',
  });
});
