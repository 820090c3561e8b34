import { expect, it } from 'vitest';
import { SLOTS, slotOf, slotOfKey, TAG_OF_SLOT } from '../../../src/platform/redis-slots.ts';
import { keysOfSlotRanges } from '../../../src/records/slot-ranges.ts';

it('computes slots as Redis does', () => {
  // Of the specification, and of `CLUSTER KEYSLOT`.
  expect(slotOf('123456789')).toBe(0x31_c3);
  expect([slotOf('somekey'), slotOf('foo'), slotOf('user1000')]).toEqual([11_058, 12_182, 3_443]);
  expect(slotOf('ä€')).toBe(14_880);
});

it('has a tag in every slot', () => {
  expect(TAG_OF_SLOT).toHaveLength(SLOTS);
  expect(TAG_OF_SLOT.every((tag, slot) => slotOf(tag) === slot && /^[@A-O]{4}$/.test(tag))).toBe(true);
});

it('has a key in each of 64 ranges', () => {
  const keys = keysOfSlotRanges('note');
  const slots = keys.map((key) => slotOf(/^note:\{(\d+)\}$/.exec(key)?.[1] ?? ''));
  expect(slots.map((slot) => Math.floor(slot / 256))).toEqual(Array.from({ length: 64 }, (_, i) => i));
});

it('finds the slot of a key by its tag, as Redis does', () => {
  expect(slotOfKey('link:abc1234')).toBe(slotOf('link:abc1234'));
  expect(slotOfKey('message:{p3}:m1')).toBe(slotOf('p3'));
  expect(slotOfKey('a{}b{c}')).toBe(slotOf('a{}b{c}'));
  expect(slotOfKey('a{b')).toBe(slotOf('a{b'));
  expect(slotOfKey('{{a}}')).toBe(slotOf('{a'));
});
