import { describe, expect, it } from 'vitest';
import type { Domain } from '../../../src/domains/domain.ts';
import { opensOn, type Site } from '../../../src/redirect/sites.ts';
import type { FoundLink } from '../../../src/redirect/tap.ts';

describe('a link', () => {
  const found = (domain: string, link_domain: string): FoundLink =>
    ({ link: { account_id: 'acc_1', domain }, account: { link_domain } }) as unknown as FoundLink;
  const of = (account_id: string): Site => ({ kind: 'domain', domain: { account_id } as Domain });

  it.each([
    ['a domain of its account', of('acc_1'), found('go.brand.test', 'go.brand.test'), true],
    ['another domain of its account', of('acc_1'), found('old.brand.test', 'go.brand.test'), true],
    ['a domain of another account', of('acc_2'), found('go.brand.test', 'go.brand.test'), false],
    ['a host that nobody registered', { kind: 'unknown' }, found('', ''), false],
    [
      'a host that could not be asked about',
      { kind: 'unchecked' },
      found('go.brand.test', 'go.brand.test'),
      true,
    ],
    ["the installation's own domain, made for it", { kind: 'own' }, found('', 'go.brand.test'), true],
    [
      "the installation's own domain, with a domain in use",
      { kind: 'own' },
      found('go.brand.test', 'go.brand.test'),
      false,
    ],
    ["the installation's own domain, with none in use", { kind: 'own' }, found('go.brand.test', ''), true],
  ] as [string, Site, FoundLink, boolean][])('on %s', (_where, site, link, opens) => {
    expect(opensOn(site, link)).toBe(opens);
  });
});
