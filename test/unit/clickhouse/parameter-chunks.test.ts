import { expect, it } from 'vitest';
import { parameterChunks } from '../../../src/clickhouse/parameter-chunks.ts';

it('keeps order and all items, 1,000 or 64 KiB at a time', () => {
  const short = Array.from({ length: 2_500 }, (_, i) => `t${i}`);
  const chunks = parameterChunks(short, String);
  expect(chunks.map((chunk) => chunk.length)).toEqual([1_000, 1_000, 500]);
  expect(chunks.flat()).toEqual(short);
  const long = Array.from({ length: 100 }, (_, i) => `${i}${'ü'.repeat(1_000)}`);
  expect(
    Math.max(...parameterChunks(long, String).map((chunk) => Buffer.byteLength(chunk.join('')))),
  ).toBeLessThanOrEqual(65_536);
  expect(parameterChunks(long, String).flat()).toEqual(long);
});

it('makes nothing of nothing, and a part of its own of what is too long', () => {
  expect(parameterChunks([], String)).toEqual([]);
  expect(parameterChunks(['a', 'x'.repeat(100_000), 'b'], String).map((chunk) => chunk.length)).toEqual([
    1, 1, 1,
  ]);
});
