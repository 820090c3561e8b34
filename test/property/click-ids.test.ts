/** Click ids: what was given out is genuine, and nothing that differs from it in anything. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type KeyRing, rotated } from '../../src/access/key-ring.ts';
import { ClickIds, clickIdTime, linkIdOfClickId } from '../../src/clicks/click-id.ts';
import { ALPHABET } from '../../src/platform/random.ts';
import { keysOf } from '../support/installation-keys.ts';

const NOW_MS = Date.UTC(2027, 0, 1);
const MINUTE_MS = 60_000;
const character = fc.constantFrom(...ALPHABET);
const link_id = fc.array(character, { minLength: 7, maxLength: 7 }).map((list) => list.join(''));
const time_ms = fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) });
const click_ids = new ClickIds(keysOf());

it('holds for the time and the link that it was made with', () => {
  fc.assert(
    fc.property(time_ms, link_id, (time, link) => {
      const id = click_ids.create(time, link);
      expect(id).toMatch(/^[0-9A-Za-z]{29}$/);
      expect(clickIdTime(id)).toBe(time);
      expect(linkIdOfClickId(id)).toBe(link);
      expect(click_ids.isGenuine(id, NOW_MS)).toBe(true);
      expect(new ClickIds(keysOf()).isGenuine(id, NOW_MS)).toBe(true);
      expect(new ClickIds(keysOf('b')).isGenuine(id, NOW_MS)).toBe(false);
    }),
  );
});

it('does not hold with any other character, link or time', () => {
  fc.assert(
    fc.property(time_ms, link_id, fc.nat(28), character, link_id, (time, link, at, other, other_link) => {
      const id = click_ids.create(time, link);
      const changed = id.slice(0, at) + other + id.slice(at + 1);
      expect(click_ids.isGenuine(changed, NOW_MS)).toBe(changed === id);
      expect(click_ids.isGenuine(id.slice(0, -7) + other_link, NOW_MS)).toBe(other_link === link);
      const later = click_ids.create(time + 1, link);
      expect(click_ids.isGenuine(later.slice(0, 8) + id.slice(8), NOW_MS)).toBe(false);
    }),
  );
});

it('takes no text for one that it did not make', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.string({ unit: character, minLength: 29, maxLength: 29 })),
      (text) => {
        expect(click_ids.isGenuine(text, NOW_MS)).toBe(false);
      },
    ),
  );
  expect(click_ids.isGenuine(`00000000AAAAAAAAAAAAAAabc1234`, NOW_MS)).toBe(false);
});

it('outlives a rotation for clicks before the end of its key, unless the key leaked', () => {
  const before = keysOf();
  const rotate = (leaked: boolean): KeyRing =>
    rotated(before.ring, { key: 'b'.repeat(64), now_ms: NOW_MS, grace_ms: 10 * MINUTE_MS, leaked });
  fc.assert(
    fc.property(fc.integer({ min: -1_000, max: 1_000 }), fc.integer({ min: 0, max: 5_000 }), (at, later) => {
      const time = NOW_MS + at * MINUTE_MS;
      const id = click_ids.create(time, 'abc1234');
      const now = NOW_MS + later * MINUTE_MS;
      // One minute for clocks that differ.
      const in_time = at < 11;
      expect(new ClickIds({ ring: rotate(false) }).isGenuine(id, now)).toBe(in_time);
      expect(new ClickIds({ ring: rotate(true) }).isGenuine(id, now)).toBe(in_time && later < 10);
    }),
  );
});
