import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutQuery, queryValues, readQuery } from '../../../src/platform/query-string.ts';

describe('a query', () => {
  it('is cut at the end of a parameter', () => {
    expect(cutQuery('a=1&b=2', 7)).toBe('a=1&b=2');
    expect(cutQuery('a=1&b=22', 7)).toBe('a=1');
    expect(cutQuery('a=1&b=22', 3)).toBe('a=1');
    expect(cutQuery('a=12345678', 7)).toBe('');
  });

  it('is read leniently: repeated names, no value, no name, other encodings', () => {
    expect(readQuery('a=1&a=2&b&=x&&c=%C3%A4+%zz&%E4=1&d=%E4')).toEqual([
      { name: 'a', value: '1', raw: 'a=1' },
      { name: 'a', value: '2', raw: 'a=2' },
      { name: 'b', value: '', raw: 'b' },
      { name: 'c', value: '%C3%A4 %zz', raw: 'c=%C3%A4+%zz' },
      { name: '%E4', value: '1', raw: '%E4=1' },
      { name: 'd', value: '%E4', raw: 'd=%E4' },
    ]);
    expect(readQuery('')).toEqual([]);
  });

  it('has no control characters in its values, and joins those of a repeated name', () => {
    expect(queryValues('a=1&a=2&b=%00x%0A&__proto__=z')).toEqual(
      Object.fromEntries([
        ['a', '1,2'],
        ['b', ' x '],
        ['__proto__', 'z'],
      ]),
    );
  });

  it('never throws, and is safe to put into another address', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const { raw } of readQuery(text)) {
          expect(raw).toMatch(/^[!-~]*$/);
          expect(raw).not.toMatch(/[#&"<>\\^`{|}]/);
        }
        const joined = readQuery(text).map(({ raw }) => raw);
        expect(readQuery(joined.join('&')).map(({ raw }) => raw)).toEqual(joined);
        expect(cutQuery(text, 10).length).toBeLessThanOrEqual(10);
        queryValues(text);
      }),
    );
  });
});
