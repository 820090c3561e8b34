import { expect, it } from 'vitest';
import { explainLink } from '../../../src/links/explain-link.ts';
import type { Link } from '../../../src/links/link.ts';
import { withoutAdIdentifiers } from '../../../src/links/opt-out.ts';

it.each([
  ['', ''],
  ['size=42', 'size=42'],
  ['gclid=1', ''],
  ['a=1&GCLID=2&fbclid[]=3&%67clid=4&b=5', 'a=1&b=5'],
  ['a=gclid&gclid2=1', 'a=gclid&gclid2=1'],
])('takes identifiers of advertising networks out of %j', (query, left) => {
  expect(withoutAdIdentifiers(query)).toBe(left);
});

it('is explained as it is answered', () => {
  const link = {
    ...{ link_id: 'l', account_id: 'a', message_id: 'm', contact_id: 'c', offer_id: '', creative_id: '' },
    ...{ campaign_id: '', variant_id: '', link_key: '', domain: '', sent_at_ms: 0, fields: { name: 'Ann' } },
    url: 'https://shop.example/?c={{contact_id}}&n={{name}}&m={{message_id}}&g={{gclid}}',
    ...{ expires_at_ms: 0, disabled: false, query: 'fill' },
  } as Link;
  const ask = (gpc: boolean, honour_gpc: boolean) =>
    explainLink({
      link,
      account: { honour_gpc } as Parameters<typeof explainLink>[0]['account'],
      offer: undefined,
      creative: undefined,
      campaign: undefined,
      tap_query: 'gclid=7',
      gpc,
      now_ms: 0,
      reach: new Map(),
      visit: {} as Parameters<typeof explainLink>[0]['visit'],
    });
  expect(ask(false, true).location).toBe('https://shop.example/?c=c&n=Ann&m=m&g=7');
  expect(ask(true, false).location).toBe('https://shop.example/?c=c&n=Ann&m=m&g=7');
  const { location, empty_macros } = ask(true, true);
  expect(location).toBe('https://shop.example/?c=&n=&m=m&g=');
  expect(empty_macros).toEqual(['contact_id', 'name', 'gclid']);
});
