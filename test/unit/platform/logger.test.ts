/** What is written to the log: the same fields everywhere, no flood of one message, and readable at a terminal. */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLogger, type Logger } from '../../../src/platform/logger.ts';
import { readableLine } from '../../../src/platform/readable-line.ts';

let folder: string;
let fd: number;
let logger: Logger;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  folder = mkdtempSync(join(tmpdir(), 'trackly-log-'));
  fd = openSync(join(folder, 'log'), 'w');
  logger = createLogger('redirect-1', 'info', fd);
});
afterEach(() => {
  vi.useRealTimers();
  closeSync(fd);
  rmSync(folder, { recursive: true });
});

const lines = (): Record<string, unknown>[] =>
  readFileSync(join(folder, 'log'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Lines are written beside: waits until there are so many. */
async function untilWritten(count: number): Promise<Record<string, unknown>[]> {
  for (const until_ms = performance.now() + 10_000; performance.now() < until_ms; ) {
    await new Promise((done) => setImmediate(done));
    if (lines().length >= count) break;
  }
  return lines();
}

it('has the same fields in each line, and an error in one form, however it was given', async () => {
  const error = Object.assign(new Error('no room'), { code: 'ENOSPC' });
  logger.info('plain');
  logger.warn({ error }, 'with an error');
  logger.warn({ error: 'no room' }, 'with a text');
  logger.error(error);
  for (const line of await untilWritten(4)) {
    expect(line).toMatchObject({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      level: expect.any(Number),
      process: 'redirect-1',
      pid: process.pid,
      msg: expect.any(String),
    });
  }
  const whole = { code: 'ENOSPC', message: 'no room', stack: expect.stringContaining('no room') };
  expect(lines().map((line) => line['error'])).toEqual([undefined, whole, { message: 'no room' }, whole]);
});

it('writes a message at most 20 times a minute, and then how many were left out', async () => {
  for (let i = 0; i < 100; i++) logger.warn({ i }, 'the disk is slow');
  logger.warn('another');
  expect((await untilWritten(21)).filter(({ msg }) => msg === 'the disk is slow')).toHaveLength(20);
  vi.advanceTimersByTime(60_000);
  logger.warn('the disk is slow');
  expect((await untilWritten(23)).slice(21)).toMatchObject([
    { level: 40, msg: 'the disk is slow', repeated: 80 },
    { level: 40, msg: 'the disk is slow' },
  ]);
});

it('is written for a person at a terminal', () => {
  const json = JSON.stringify({
    ...{ level: 50, time: '2026-11-28T10:11:12.345Z', process: 'worker-1', pid: 7, msg: 'batch failed' },
    ...{ batch: 'clicks-1', rows: 3, error: { message: 'no answer', stack: 'Error: no answer\n    at x' } },
  });
  expect(readableLine(`${json}\n`)).toBe(
    '10:11:12 ERROR worker-1   batch failed batch=clicks-1 rows=3 Error: no answer\n    at x\n',
  );
  expect(readableLine('not JSON\n')).toBe('not JSON\n');
});
