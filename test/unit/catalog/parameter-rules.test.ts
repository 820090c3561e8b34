import { describe, expect, it } from 'vitest';
import { urlParamsError } from '../../../src/catalog/parameter-rules.ts';
import { accountInput, campaignChange } from '../../../src/catalog/schemas.ts';

describe('url_params', () => {
  it('are names with templates', () => {
    expect(
      urlParamsError({
        utm_source: 'sms',
        utm_term: '{{keyword|none}}',
        'filter[a]': '',
        c: '%7B%7Bclick_id%7D%7D',
      }),
    ).toBeUndefined();
  });

  it.each<[Record<string, string>, string]>([
    [{ 'a b': 'x' }, 'has a name "a b"'],
    [{ 'a&b': 'x' }, 'has a name "a&b"'],
    [{ '': 'x' }, 'has a name ""'],
    [{ ['a'.repeat(65)]: 'x' }, 'has a name'],
    [{ a: 'x'.repeat(501) }, 'a must be at most 500 characters long'],
    [{ a: 'x\ny' }, 'a must not contain line breaks'],
    [{ a: '{{x}' }, 'a has {{x} at character 1 that is not closed'],
    [{ a: '{{clickid}}' }, 'a has {{clickid}}, which is not a macro'],
    [{ a: '{{link1}}' }, 'for the text of a creative only'],
    [Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`p${i}`, 'x'])), 'at most 32 parameters'],
    [
      Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`p${i}`, 'é'.repeat(250)])),
      'at most 2048 bytes',
    ],
  ])('%j are refused', (url_params, error) => {
    expect(urlParamsError(url_params)).toContain(error);
  });

  it('are none, and the query as wider levels say, where nothing is given', () => {
    expect(accountInput.parse({ name: 'x' })).toMatchObject({ url_params: {}, query: null });
    expect(campaignChange.parse({ query: 'fill' })).toEqual({ query: 'fill' });
    expect(campaignChange.safeParse({ query: 'keep' }).success).toBe(false);
    expect(campaignChange.safeParse({ url_params: { a: 1 } }).success).toBe(false);
  });
});
