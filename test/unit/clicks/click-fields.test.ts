import { expect, it } from 'vitest';
import { decodeClick } from '../../../src/clicks/click.ts';
import { CLICK_FIELDS, LOGGED_CLICK } from '../../../src/clicks/click-fields.ts';
import { rowOfClick, someClick } from '../../support/click-rows.ts';
import { CLICK_LINE } from '../../support/lines.ts';

it('gives every field back under its own name', () => {
  const click = someClick({ is_test: true });
  expect(Object.keys(click)).toEqual(Object.keys(LOGGED_CLICK));
  expect(decodeClick(rowOfClick(click))).toEqual(click);
});

it('says nothing of tests in the row of a click that is none', () => {
  const parts = (of: boolean): number =>
    (JSON.parse(rowOfClick(someClick({ is_test: of }))) as unknown[]).length;
  expect(parts(true) - parts(false)).toBe(1);
  expect(decodeClick(rowOfClick(someClick({ is_test: false }))).is_test).toBe(false);
});
const NOT_LED = { rule: '', fallback_reason: '', planned_offer_id: '', cap: '' };

it('leaves the most frequent answer out', () => {
  const click = someClick({ answered: 'redirect', trace: '', ...NOT_LED });
  expect(rowOfClick(click)).not.toContain('redirect');
  expect(decodeClick(rowOfClick(click))).toEqual(click);
});

/** Of another type than the field's, whichever it is. */
const names = Object.keys(LOGGED_CLICK);
it.each(names)('names %s where it is not what it should be', (name) => {
  const parts = JSON.parse(rowOfClick(someClick({ is_test: true }))) as unknown[];
  expect(() => decodeClick(JSON.stringify(parts.with(names.indexOf(name), true)))).toThrow(
    `malformed click row: ${name}`,
  );
});

it('refuses a row with a field too few or too many', () => {
  const parts = JSON.parse(rowOfClick(someClick({ is_test: true }))) as unknown[];
  expect(() => decodeClick(JSON.stringify([...parts, 'more']))).toThrow('malformed click row');
  expect(() => decodeClick(JSON.stringify(parts.slice(0, -8)))).toThrow('malformed click row');
});

it.each([
  ['1', 1],
  ['0', 0],
  ['true', 0],
])('stores Sec-GPC: %s as %i', (value, gpc) => {
  const click = someClick({ headers: { 'sec-gpc': value } });
  expect(CLICK_FIELDS.is_gpc.value({ ...CLICK_LINE, click: decodeClick(rowOfClick(click)) })).toBe(gpc);
});
