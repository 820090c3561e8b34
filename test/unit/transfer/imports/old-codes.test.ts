/** Codes of other products: which can be kept, and which a path stands for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  aliasKeysOf,
  codeOfPath,
  decodeAlias,
  encodeAlias,
  unfitCode,
} from '../../../../src/transfer/imports/old-codes.ts';

describe('codeOfPath', () => {
  it.each([
    ['/Spring-Sale', 'Spring-Sale'],
    ['/Spring-Sale/', 'Spring-Sale'],
    ['/a/b/c', 'a/b/c'],
    ['/%F0%9F%8E%81', '🎁'],
    ['/%E0%A4%A', undefined],
    ['/', undefined],
    ['/a%00b', undefined],
    ['/a%20b', undefined],
    ['/a//b', undefined],
    ['/^spring', undefined],
  ])('%s stands for %s', (path, code) => {
    expect(codeOfPath(path)).toBe(code);
  });

  it('finds every code that can be kept', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (text) => {
        const code = text.normalize('NFC').replace(/\/+$/, '');
        fc.pre(unfitCode(code) === '' && !/[\ud800-\udfff]/u.test(code));
        expect(codeOfPath(`/${code.split('/').map(encodeURIComponent).join('/')}`)).toBe(code);
      }),
    );
  });
});

describe('unfitCode', () => {
  it.each([
    'conv',
    'CONV',
    'conv/offer',
    'pixel/x.gif',
    'robots.txt',
    '.well-known/x',
    '',
    'a b',
    'a?b',
    'a'.repeat(201),
  ])('says why %j can not be kept', (code) => {
    expect(unfitCode(code)).not.toBe('');
  });
  it.each(['conversion', 'abcdefg', 'a/b', 'ä', '🎁', 'a+b', "it's"])('keeps %j', (code) => {
    expect(unfitCode(code)).toBe('');
  });
});

it('keeps accounts, hosts and cases apart', () => {
  const keys = [
    ...aliasKeysOf('acc_a', 'go.example', 'Spring'),
    ...aliasKeysOf('acc_b', 'go.example', 'Spring'),
    ...aliasKeysOf('acc_a', 'go.example.org', 'Spring'),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  const alias = { link_id: 'abcdefg', import_id: 'imp_1' };
  expect(decodeAlias(encodeAlias(alias))).toEqual(alias);
});
