import { describe, expect, it, vi } from 'vitest';
import { type TurnLimits, Turns } from '../../../src/platform/turns.ts';

const LIMITS: TurnLimits = {
  running_max: 3,
  running_each_max: 2,
  waiting_max: 20,
  waiting_each_max: 2,
  wait_ms_max: 1_000,
};

/** Asks for turns by owner; `running` lists whose have come, in that order. */
function asking(limits: Partial<TurnLimits> = {}) {
  const turns = new Turns({ ...LIMITS, ...limits });
  const running: string[] = [];
  const ends = new Map<string, () => void>();
  const refused: string[] = [];
  const ask = async (name: string, signal?: AbortSignal): Promise<void> => {
    const end = await turns.begin(name.charAt(0), signal);
    if (end === undefined) refused.push(name);
    else {
      running.push(name);
      ends.set(name, end);
    }
  };
  const settle = async (...names: string[]): Promise<void> => {
    for (const name of names) void ask(name);
    for (let i = 0; i < 10; i++) await Promise.resolve();
  };
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await settle();
  };
  return { ask, settle, end, running, refused };
}

describe('turns', () => {
  it('are as many as may run, of one owner and of all together', async () => {
    const { settle, running } = asking();
    await settle('a1', 'a2', 'a3', 'b1', 'b2');
    expect(running).toEqual(['a1', 'a2', 'b1']);
  });

  it('come first to who runs least, and to the others in the order in which they asked', async () => {
    const { settle, end, running } = asking();
    await settle('a1', 'a2', 'a3', 'b1', 'b2', 'c1');
    await end('b1');
    expect(running.slice(3)).toEqual(['b2']);
    await end('a1');
    expect(running.slice(4)).toEqual(['c1']);
    await end('c1');
    expect(running.slice(5)).toEqual(['a3']);
  });

  it('go round the owners, however much one of them has waiting', async () => {
    const { settle, end, running } = asking({ running_max: 1, running_each_max: 1, waiting_each_max: 9 });
    await settle('a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1');
    for (const name of ['a1', 'a2', 'b1', 'c1', 'a3', 'b2']) await end(name);
    expect(running).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
  });

  it('leave one to whoever comes next: two owners can not take all six', async () => {
    const { settle, end, running, refused } = asking({ running_max: 6, running_each_max: 3 });
    await settle('a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'b3', 'c1');
    expect(running).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'c1']);
    // When all six run, a newcomer has the first that ends.
    await settle('d1');
    await end('a1');
    expect(running.slice(6)).toEqual(['d1']);
    expect(refused).toEqual([]);
  });

  it('are waited for by so many only, of all together, of whom no owner is all', async () => {
    const { settle, refused } = asking({ running_max: 1, waiting_max: 4, waiting_each_max: 9 });
    await settle('a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'c1');
    expect(refused).toEqual(['a5', 'c1']);
  });

  it('end once, however often that is said', async () => {
    const { settle, end, running } = asking();
    await settle('a1', 'a2', 'a3', 'a4');
    await end('a1');
    await end('a1');
    expect(running).toEqual(['a1', 'a2', 'a3']);
  });

  it('are refused to whom has too many waiting, and to nobody else', async () => {
    const { settle, refused, running } = asking();
    await settle('a1', 'a2', 'a3', 'a4', 'a5', 'b1');
    expect(refused).toEqual(['a5']);
    expect(running).toEqual(['a1', 'a2', 'b1']);
  });

  it('are given up after the longest wait, and by who goes away; the line moves on', async () => {
    vi.useFakeTimers();
    try {
      const { ask, settle, end, refused, running } = asking({ running_each_max: 1 });
      const gone = new AbortController();
      await settle('a1');
      void ask('a2', gone.signal);
      await settle('a3');
      gone.abort();
      await settle();
      expect(refused).toEqual(['a2']);
      vi.advanceTimersByTime(500);
      await settle('a4');
      vi.advanceTimersByTime(500);
      await settle();
      expect(refused).toEqual(['a2', 'a3']);
      await end('a1');
      expect(running).toEqual(['a1', 'a4']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('are not given to whom has gone already', async () => {
    const { ask, settle, refused } = asking({ running_each_max: 1 });
    await settle('a1');
    await ask('a2', AbortSignal.abort());
    expect(refused).toEqual(['a2']);
  });
});
