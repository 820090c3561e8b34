/** Which columns a list shows, as a browser keeps it. */
import { expect, it } from 'vitest';
import { keepColumns, readColumns } from '../../../src/dashboard/app/columns-shown.ts';

function storageOf(kept = new Map<string, string>()) {
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => void kept.set(name, text),
    removeItem: (name: string) => void kept.delete(name),
  };
}

it('is kept for each list, until the usual ones are wanted again', () => {
  const storage = storageOf();
  keepColumns(storage, 'offers', ['sent']);
  keepColumns(storage, 'links', []);
  expect([readColumns(storage, 'offers'), readColumns(storage, 'links')]).toEqual([['sent'], []]);
  keepColumns(storage, 'offers', undefined);
  expect(readColumns(storage, 'offers')).toBeUndefined();
});

it('is the usual ones where what is kept can not be read, or the browser forbids it', () => {
  expect(readColumns(storageOf(new Map([['columns_offers', '{"sent":']])), 'offers')).toBeUndefined();
  expect(readColumns(storageOf(new Map([['columns_offers', '{}']])), 'offers')).toBeUndefined();
  const forbidden = () => {
    throw new DOMException('forbidden', 'SecurityError');
  };
  const storage = { getItem: forbidden, setItem: forbidden, removeItem: forbidden };
  keepColumns(storage, 'offers', ['sent']);
  expect(readColumns(storage, 'offers')).toBeUndefined();
});
