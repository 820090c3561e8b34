import { expect, it } from 'vitest';
import { decodeEntry, encodeEntry } from '../../../../src/access/audit/audit-entry.ts';
import { completed, newEntry } from '../../../../src/access/audit/record-audit.ts';

const actor = {
  actor_kind: 'member' as const,
  actor_id: 'mem_1',
  actor_name: 'ann@shoes.example',
  address: '192.0.2.7',
};
const change = { action: 'offer.changed' as const, account_id: 'acc_1', subject_id: 'off_1' };

it('an entry is read as it was written, on one line', () => {
  const entry = newEntry(actor, { ...change, after: { name: 'a\nb\u2028' } }, 1_764_000_000_000);
  const row = encodeEntry(entry);
  expect(row).not.toContain('\n');
  expect(decodeEntry(row)).toEqual(entry);
  expect(entry).toMatchObject({ subject_kind: 'offer', outcome: 'unknown', before: '{}', ...actor });
});

it('a row that is none is refused, and the error names the field', () => {
  const row = encodeEntry(newEntry(actor, change, 1_764_000_000_000));
  expect(() => decodeEntry(row.replace('"member"', '"nobody"'))).toThrow('actor_kind');
  expect(() => decodeEntry(row.replace('"unknown"', '"perhaps"'))).toThrow('outcome');
  expect(() => decodeEntry('[]')).toThrow('audit_id');
});

it('a completed entry keeps who asked, from where and when', () => {
  const pending = newEntry(actor, { ...change, subject_id: '' }, 1_764_000_000_000);
  const entry = completed(pending, { ...change, before: { name: 'a' }, after: { name: 'b' } }, 'done');
  expect(entry).toEqual({
    ...pending,
    subject_id: 'off_1',
    before: '{"name":"a"}',
    after: '{"name":"b"}',
    outcome: 'done',
  });
});
