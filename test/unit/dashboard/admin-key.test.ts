/** Whose admin key the page holds. */
import { expect, it } from 'vitest';
import { dropKey, dropKeyOfPerson, heldKey, keyHolder } from '../../../src/dashboard/app/admin-key.ts';

it('ends when it is refused, and with the person who typed it, whose requests may still be under way', () => {
  keyHolder()('trk_one');
  expect(heldKey()).toBe('trk_one');
  dropKey();
  expect(heldKey()).toBe('');

  const hold = keyHolder();
  hold('trk_two');
  dropKeyOfPerson();
  expect(heldKey()).toBe('');
  hold('trk_two');
  expect(heldKey()).toBe('');
  keyHolder()('trk_three');
  expect(heldKey()).toBe('trk_three');
});
