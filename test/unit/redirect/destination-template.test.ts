import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Link } from '../../../src/links/link.ts';
import { asciiUrl, compileDestination, fillDestination } from '../../../src/redirect/destination-template.ts';

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
  fields: { first_name: 'Zoë', constructor: 'x' },
  expires_at_ms: 0,
  disabled: false,
};

const fill = (url: string): string =>
  fillDestination(compileDestination(url), link, 'CLICK', 1_700_000_000_999);

describe('a destination', () => {
  it('has its macros filled in, encoded', () => {
    expect(fill('https://x.example/{{message_id}}?c={{contact_id}}&n={{first_name}}&t={{timestamp}}')).toBe(
      'https://x.example/m%201?c=c%26%3D%3F%23&n=Zo%C3%AB&t=1700000000',
    );
  });

  it('leaves a macro without a value empty, an inherited name too', () => {
    expect(fill('https://x.example/?a={{nope}}&b={{to_string}}&c={{toString}}')).toContain('?a=&b=&c=');
  });

  it('never has a line break, a space or a non-ASCII character in it, whatever the fields hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const location = fillDestination(
          compileDestination('https://x.example/?v={{v}}'),
          { ...link, fields: { v: value } },
          'CLICK',
          0,
        );
        expect(location).toMatch(/^https:\/\/x\.example\/\?v=[\x21-\x7e]*$/);
        expect(decodeURIComponent(location.slice('https://x.example/?v='.length))).toBe(value.toWellFormed());
      }),
    );
    expect(asciiUrl('https://x.example/ä b\r\n')).toBe('https://x.example/%C3%A4%20b%0D%0A');
  });
});
