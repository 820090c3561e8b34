import { describe, expect, it } from 'vitest';
import type { Appending, Entry } from '../../../../src/log/append.ts';
import { EntryHolder } from '../../../../src/redirect/click-log/hold-entries.ts';
import type { ClickStream, SpoolFallback } from '../../../../src/redirect/click-log/spool-fallback.ts';

const entry = (partition: number, rows = 1): Entry => ({
  partition,
  producer: 'p',
  sequence: 1,
  rows,
  payload: 'row',
  process: 'redirect-1',
});

function holderOf(
  append: (appending: readonly Appending[], call: number) => Promise<(number | Error)[]>,
  write: (entry: Entry) => Promise<void> = async () => {},
): { holder: EntryHolder; asked: number[][]; spooled: number[]; whys: unknown[] } {
  const asked: number[][] = [];
  const spooled: number[] = [];
  const whys: unknown[] = [];
  const stream: ClickStream = {
    append(appending) {
      asked.push(appending.map((one) => one.entry.partition));
      return append(appending, asked.length);
    },
    ping: async () => 'PONG',
  };
  const fallback = {
    active: false,
    begin(why: unknown) {
      fallback.active = true;
      whys.push(why);
    },
    async write(one: Entry) {
      await write(one);
      spooled.push(one.partition);
    },
  };
  return { holder: new EntryHolder(stream, fallback as unknown as SpoolFallback), asked, spooled, whys };
}

describe('an entry', () => {
  it('that Redis did not take is sent again, without those that it took', async () => {
    const { holder, asked, spooled } = holderOf(async (appending, call) =>
      appending.map(({ entry: { partition } }) => (call === 1 && partition === 2 ? new Error('no') : 5)),
    );
    const entries = [entry(1, 3), entry(2)];
    const held = await holder.hold(entries);
    expect(entries.map((one) => held.get(one))).toEqual([5, 5]);
    expect(asked).toEqual([[1, 2], [2]]);
    expect(spooled).toEqual([]);
    expect([holder.appended, holder.entries, holder.retries]).toEqual([4, 2, 1]);
  });

  it('goes to the spool where Redis does not answer within half a second, and its minute is not known', async () => {
    const { holder, spooled, whys } = holderOf(() => new Promise(() => {}));
    const one = entry(0, 2);
    const began = performance.now();
    const held = await holder.hold([one]);
    expect(performance.now() - began).toBeGreaterThan(450);
    expect(held.get(one)).toBe(0);
    expect(spooled).toEqual([0]);
    expect(holder.spooled).toBe(2);
    expect(whys).toHaveLength(1);
    // From then on Redis is not asked.
    const next = entry(3);
    expect((await holder.hold([next])).get(next)).toBe(0);
    expect(spooled).toEqual([0, 3]);
  });

  it('that neither takes is held nowhere', async () => {
    const { holder } = holderOf(
      async () => [new Error('full')],
      () => Promise.reject(new Error('no disk')),
    );
    const one = entry(0);
    expect((await holder.hold([one])).has(one)).toBe(false);
    expect(holder.spooled).toBe(0);
  });
});
