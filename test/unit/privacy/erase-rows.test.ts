import { describe, expect, it } from 'vitest';
import { insertColumns } from '../../../src/clickhouse/columns.ts';
import { CLICK_FIELDS, type CountedClick } from '../../../src/clicks/click-fields.ts';
import { encodeConversion } from '../../../src/conversions/conversion.ts';
import { SEND_FIELDS, type SendLine } from '../../../src/messages/send-fields.ts';
import {
  erasableColumns,
  eraseFacts,
  eraseLine,
  eraseLink,
  withoutContact,
} from '../../../src/privacy/erase-rows.ts';
import { columnsWith } from '../../../src/privacy/personal-columns.ts';
import { isPseudonym, newPseudonym } from '../../../src/privacy/pseudonym.ts';
import { TABLE_CHANGES, updateOf } from '../../../src/privacy/table-changes.ts';
import { CLICK_LINE, CONVERSION_LINE, SEND_LINE } from '../../support/lines.ts';

const PSEUDONYM = newPseudonym();

describe('a row of an erased contact', () => {
  it('differs from the row itself in its personal columns only', () => {
    const own = valuesOf<CountedClick>(erasableColumns(CLICK_FIELDS), CLICK_LINE);
    const erased = valuesOf<CountedClick>(erasableColumns(CLICK_FIELDS), {
      ...CLICK_LINE,
      pseudonym: PSEUDONYM,
    });
    expect(own).toEqual(valuesOf<CountedClick>(CLICK_FIELDS, CLICK_LINE));
    expect(changed(own, erased)).toEqual({
      contact_id: PSEUDONYM,
      ip: '::',
      user_agent: '',
      headers: {},
      query: {},
      contact_country: '',
      visitor: '',
    });
  });

  it('has no fields of its message', () => {
    const columns = erasableColumns<SendLine>(SEND_FIELDS);
    const erased = valuesOf<SendLine>(columns, { ...SEND_LINE, pseudonym: PSEUDONYM });
    expect(changed(valuesOf<SendLine>(columns, SEND_LINE), erased)).toEqual({
      contact_id: PSEUDONYM,
      fields: {},
    });
  });

  it('of the money ledger keeps its amounts and the order of its properties', () => {
    const line = JSON.stringify(CONVERSION_LINE.line);
    expect(eraseLine(line, PSEUDONYM)).toBe(
      line.replace('"contact_id":"contact_id"', `"contact_id":"${PSEUDONYM}"`),
    );
    const facts = encodeConversion({
      ...CONVERSION_LINE.conversion,
      reported: 'code=SAVE contact_id=Ann "A" B',
    });
    expect(eraseFacts(facts, PSEUDONYM)).toBe(
      facts
        .replace(' contact_id=Ann \\"A\\" B', '')
        .replace('"contact_id":"subject_contact_id"', `"contact_id":"${PSEUDONYM}"`),
    );
  });

  it.each([
    ['code=SAVE contact_id=x', 'code=SAVE'],
    ['contact_id=a b', ''],
    ['click_id=1 link_id=2', 'click_id=1 link_id=2'],
  ])('reports its ids without the contact: %s', (reported, without) => {
    expect(withoutContact(reported)).toBe(without);
  });

  it('has no contact in the destination of its link, unless the id is too short to be told from other text', () => {
    const own = {
      ...{ link_id: 'abcdefg', message_id: '', sent_at_ms: 1, expires_at_ms: 0, disabled: false },
      ...{ contact_id: 'customer-7', fields: { name: 'Ann' } },
      ...{ url: 'https://shop.example/customer-7?a=1', url_params: { of: 'customer-7' } },
    };
    expect(eraseLink(own, PSEUDONYM)).toEqual({
      ...own,
      ...{ contact_id: PSEUDONYM, fields: {}, url: `https://shop.example/${PSEUDONYM}?a=1` },
      url_params: { of: PSEUDONYM },
    });
    expect(eraseLink({ ...own, contact_id: '7' }, PSEUDONYM).url).toBe(own.url);
  });
});

describe('the change of a table', () => {
  it.each(['clicks', 'sends', 'conversions'] as const)('of %s covers every personal column', (table) => {
    const change = TABLE_CHANGES.find((one) => one.table === table);
    const personal = columnsWith(table, ['id', 'address', 'agent', 'content']);
    expect(Object.keys(change?.set ?? {}).sort()).toEqual(personal.sort());
  });

  it('names no contact, because ClickHouse keeps the text of a mutation', () => {
    for (const change of TABLE_CHANGES)
      expect(updateOf(change, 'trackly')).toContain('FROM trackly_erasing.contacts');
  });
});

it('draws a pseudonym for each, which is known as one', () => {
  expect(newPseudonym()).not.toBe(newPseudonym());
  expect(isPseudonym(PSEUDONYM)).toBe(true);
  expect(isPseudonym('Erased_1')).toBe(false);
});

function valuesOf<Row>(columns: Parameters<typeof insertColumns<Row>>[0], row: Row): Record<string, unknown> {
  return Object.fromEntries(insertColumns(columns).map(({ name, value }) => [name, value(row)]));
}

function changed(before: Record<string, unknown>, after: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(after).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name])),
  );
}
