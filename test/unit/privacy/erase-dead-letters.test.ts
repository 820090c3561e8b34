import { expect, it } from 'vitest';
import { CLICKS_LOG, decodeClick } from '../../../src/clicks/click.ts';
import { ROWS } from '../../../src/privacy/erase-dead-letters.ts';
import { rowOfClick, someClick } from '../../support/click-rows.ts';

it.each([true, false])('leaves a row of a click that can be decoded, of a test: %s', (is_test) => {
  const click = someClick({ contact_id: 'no-one-else', is_test });
  const row = ROWS[CLICKS_LOG]?.(rowOfClick(click), () => 'erased_1') ?? '';
  expect(decodeClick(row)).toMatchObject({ click_id: click.click_id, contact_id: 'erased_1', is_test });
  expect(row).not.toContain('no-one-else');
});
