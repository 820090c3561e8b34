import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciiUrl, compileDestination, fillDestination } from '../../../src/links/destination-template.ts';
import type { Link } from '../../../src/links/link.ts';

const link: Link = {
  link_id: 'abc1234',
  account_id: 'acc',
  message_id: 'm 1',
  contact_id: 'c&=?#',
  offer_id: 'off',
  creative_id: 'cre',
  campaign_id: 'cam',
  variant_id: 'A',
  link_key: 'link1',
  domain: '',
  sent_at_ms: 1,
  url: '',
  fields: { first_name: 'Zoë', constructor: 'x', nothing: '' },
  expires_at_ms: 0,
  disabled: false,
};

const fill = (url: string, fields = link.fields): string =>
  fillDestination(compileDestination(url), {
    link: { ...link, fields },
    click_id: 'CLICK',
    clicked_at_ms: 1_700_000_000_999,
  });

describe('a destination', () => {
  it('has its macros filled in, encoded', () => {
    expect(fill('https://x.example/{{message_id}}?c={{contact_id}}&n={{first_name}}&t={{timestamp}}')).toBe(
      'https://x.example/m%201?c=c%26%3D%3F%23&n=Zo%C3%AB&t=1700000000',
    );
    expect(fill('https://x.example/?a={{ click_id }}#b={{link_id}}')).toBe(
      'https://x.example/?a=CLICK#b=abc1234',
    );
  });

  it('leaves a macro without a value empty, an inherited name too', () => {
    expect(fill('https://x.example/?a={{nope}}&b={{to_string}}')).toBe('https://x.example/?a=&b=');
  });

  it('has the default of a macro without a value, encoded', () => {
    expect(
      fill('https://x.example/{{nope| a/b? }}?n={{nothing|no one}}&f={{first_name|x}}&e={{nope|}}'),
    ).toBe('https://x.example/a%2Fb%3F?n=no%20one&f=Zo%C3%AB&e=');
  });

  it.each([
    'https://x.example/?c=%7B%7Bclick_id%7D%7D',
    'https://x.example/?c=%7b%7bclick_id%7d%7d',
    'https://x.example/?c={{%20click_id%20}}',
    'https://x.example/?c=%7B%7B+click_id+%7D%7D',
    'https://x.example/?c=%7B{click_id}%7D',
    'https://x.example/?c={{click_id%7Cnone}}',
  ])('takes %s, as an address bar copies it, for the macro', (url) => {
    expect(fill(url)).toBe('https://x.example/?c=CLICK');
  });

  it('leaves encoded JSON as it is', () => {
    const url = 'https://x.example/?f=%7B%22a%22:%7B%22b%22:1%7D%7D&c=';
    expect(fill(`${url}{{click_id}}`)).toBe(`${url}CLICK`);
  });

  it('goes out with its host as xn--, and its path percent-encoded', () => {
    expect(fill('https://Bücher.example:8443/straße?q=ä#ö{{click_id}}')).toBe(
      'https://xn--bcher-kva.example:8443/stra%C3%9Fe?q=%C3%A4#%C3%B6CLICK',
    );
    expect(fill('https://b%C3%BCcher.example/x%20y')).toBe('https://xn--bcher-kva.example/x%20y');
    expect(asciiUrl('https://例え.テスト')).toBe('https://xn--r8jz45g.xn--zckzah');
    expect(asciiUrl('http://[::1]:80/ä')).toBe('http://[::1]:80/%C3%A4');
  });

  it('never has a line break, a space or a non-ASCII character in it, whatever the fields hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (value) => {
        const location = fill('https://x.example/?v={{v}}', { v: value });
        expect(location).toMatch(/^https:\/\/x\.example\/\?v=[\x21-\x7e]*$/);
        expect(decodeURIComponent(location.slice('https://x.example/?v='.length))).toBe(value.toWellFormed());
      }),
    );
    expect(asciiUrl('https://x.example/ä b\r\n')).toBe('https://x.example/%C3%A4%20b%0D%0A');
  });
});
