/** How unknown ids are counted by address, in one process and over several that share a Redis. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RedisClient } from '../../../src/platform/redis.ts';
import {
  type GuessCounts,
  Guesses,
  networkOf,
  UNKNOWN_MAX,
  WINDOW_MS,
} from '../../../src/redirect/guesses.ts';

let stored: Map<string, number>;
let away: boolean;
let commands: number;
let named: unknown[];
let processes: Guesses[];

function answer(command: string, key: string, amount: number): number | undefined {
  if (away) throw new Error('away');
  commands++;
  if (command.toUpperCase() === 'INCRBY') stored.set(key, (stored.get(key) ?? 0) + amount);
  return stored.get(key);
}

/** A Redis of one command, given singly or many at once. */
const redis = {
  call: async (...command: Parameters<typeof answer>) => answer(...command),
  pipeline: (batch: Parameters<typeof answer>[]) => ({
    exec: async () => batch.map((command) => [null, answer(...command)]),
  }),
} as unknown as RedisClient;

beforeEach(() => {
  vi.useFakeTimers({ now: 7 * WINDOW_MS });
  stored = new Map();
  away = false;
  commands = 0;
  named = [];
  processes = [];
});
afterEach(async () => {
  for (const guesses of processes) await guesses.close();
  vi.useRealTimers();
});

function start(counts: GuessCounts = { link: 0, conversion: 0, addresses: 0 }): Guesses {
  const guesses = new Guesses(
    redis,
    { warn: (fields: { address: string }) => named.push(fields.address) } as never,
    counts,
  );
  processes.push(guesses);
  return guesses;
}

function ask(guesses: Guesses, times: number, address = '192.0.2.1'): number {
  let retry_after_s = 0;
  for (let i = 0; i < times; i++) retry_after_s = guesses.count(address, 'link');
  return retry_after_s;
}

describe('an address that asks for unknown ids', () => {
  it('is told when it may ask again beyond the bound, until the window ends', () => {
    const guesses = start();
    vi.advanceTimersByTime(60_000);
    expect(ask(guesses, UNKNOWN_MAX)).toBe(0);
    expect(ask(guesses, 1)).toBe(WINDOW_MS / 1_000 - 60);
    expect(ask(guesses, 1, '192.0.2.2')).toBe(0);
    vi.advanceTimersByTime(WINDOW_MS);
    expect(ask(guesses, 1)).toBe(0);
  });

  it('is counted over links and reports, and over all processes', async () => {
    const counts = { link: 0, conversion: 0, addresses: 0 };
    const [one, other] = [start(), start(counts)];
    ask(one, UNKNOWN_MAX - 1);
    await one.tell();
    expect(other.count('192.0.2.1', 'conversion')).toBe(0);
    await other.tell();
    expect(other.count('192.0.2.1', 'conversion')).toBeGreaterThan(0);
    await other.tell();
    await one.tell();
    expect(named).toEqual(['192.0.2.1']);
    expect(counts).toEqual({ link: 0, conversion: 2, addresses: 1 });
    // The first process learns of it once it has told of another one.
    ask(one, 1);
    await one.tell();
    expect(ask(one, 1)).toBeGreaterThan(0);
  });

  it('is counted and named by its process alone while Redis is away, and added up afterwards', async () => {
    away = true;
    const guesses = start();
    expect(ask(guesses, UNKNOWN_MAX + 5)).toBeGreaterThan(0);
    await guesses.tell();
    expect(named).toEqual(['192.0.2.1']);
    away = false;
    ask(guesses, 1);
    await guesses.tell();
    expect([...stored.values()]).toEqual([UNKNOWN_MAX + 6]);
    expect(named).toHaveLength(1);
  });

  it('costs Redis two commands a second, however much it asks for', async () => {
    const guesses = start();
    ask(guesses, 50_000);
    await vi.advanceTimersByTimeAsync(1_000);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(commands).toBe(2);
  });
});

describe('many addresses', () => {
  it('take bounded memory, writes and lines of the log', async () => {
    const counts = { link: 0, conversion: 0, addresses: 0 };
    const guesses = start(counts);
    for (let i = 0; i < 30_000; i++) guesses.count(`a${i}`, 'link');
    await guesses.tell();
    expect(commands).toBe(2_000);
    for (let i = 0; i < 60; i++) ask(guesses, UNKNOWN_MAX + 1, `b${i}`);
    // The first addresses were forgotten, the last ones were not.
    expect(ask(guesses, UNKNOWN_MAX, 'a0')).toBe(0);
    expect(ask(guesses, UNKNOWN_MAX, 'a29999')).toBeGreaterThan(0);
    await guesses.tell();
    expect(named).toHaveLength(50);
    // Redis remembers what the process forgot: a0 is beyond the bound too.
    expect(counts.addresses).toBe(62);
  });
});

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::7', '2001:db8:0:0::/64'],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
  ['not an address', 'not an address'],
])('%s is counted as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
