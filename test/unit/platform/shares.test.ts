import { describe, expect, it } from 'vitest';
import { Shares } from '../../../src/platform/shares.ts';

/** Takes places until there is none; how many that were. */
function takeAll(shares: Shares, owner: string, part?: string): number {
  let taken = 0;
  while (shares.take(owner, part) !== undefined) taken++;
  return taken;
}

describe('places', () => {
  it('are two thirds to one owner alone, and still some to who comes later', () => {
    const shares = new Shares({ places: 90, each_max: 90, part_max: 90 });
    expect(['a', 'b', 'c', 'd', 'e'].map((owner) => takeAll(shares, owner))).toEqual([60, 20, 7, 2, 1]);
  });

  it('are at most what one owner may have, and one part of it', () => {
    const shares = new Shares({ places: 90, each_max: 10, part_max: 4 });
    expect(['x', 'y', 'z'].map((part) => takeAll(shares, 'a', part))).toEqual([4, 4, 2]);
    expect(takeAll(shares, 'b', 'x')).toBe(4);
  });

  it('are as many as was said before', () => {
    for (const places of [1, 2, 4, 6, 12, 500]) {
      const shares = new Shares({ places, each_max: places, part_max: places });
      for (const owner of ['a', 'b', 'c']) {
        const said = shares.left(owner);
        expect([places, owner, takeAll(shares, owner)]).toEqual([places, owner, said]);
      }
    }
  });

  it('come back once, however often they are given back', () => {
    const shares = new Shares({ places: 2, each_max: 2, part_max: 2 });
    const give_back = shares.take('a');
    shares.take('a');
    give_back?.();
    give_back?.();
    expect([shares.held('a'), takeAll(shares, 'b')]).toEqual([1, 1]);
  });
});
