import { describe, expect, it } from 'vitest';
import type { DnsCheck, DnsFinding } from '../../../src/domains/check-dns.ts';
import type { CertificateSummary, Domain, DomainStatus } from '../../../src/domains/domain.ts';
import {
  afterCheck,
  CHECKS_WRONG_MAX,
  differs,
  isFree,
  linkDomain,
  nextCheckAt,
} from '../../../src/domains/domain-states.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const HOUR = 3_600_000;

const domain = (change: Partial<Domain> = {}): Domain => ({
  domain: 'go.brand.test',
  account_id: 'acc_1',
  status: 'pending_dns',
  token: 'token',
  root_url: '',
  not_found_url: '',
  expired_url: '',
  robots: '',
  app_files: {},
  records: [],
  certificate: null,
  hint: '',
  created_at: new Date(NOW).toISOString(),
  updated_at: new Date(NOW).toISOString(),
  checked_at: null,
  checks_wrong: 0,
  last_link_on: '',
  ...change,
});

const dns = (ownership: DnsFinding, address: DnsFinding, addresses = true): DnsCheck => {
  const record = { name: 'go.brand.test', value: '', found: [], ok: true };
  return {
    ownership,
    address,
    records: [{ ...record, type: 'TXT' }, ...(addresses ? [{ ...record, type: 'A' as const }] : [])],
    hint: ownership === 'right' && address === 'right' ? '' : 'do something',
  };
};

const certificate = (ends_ms: number): CertificateSummary => ({
  issuer: 'CA',
  not_before: new Date(NOW - HOUR).toISOString(),
  not_after: new Date(ends_ms).toISOString(),
});

const RIGHT = dns('right', 'right');
const checked = (before: Domain, found: Partial<Parameters<typeof afterCheck>[1]>): Domain =>
  afterCheck(before, { dns: RIGHT, owner: true, tls: undefined, now_ms: NOW, ...found });

describe('a claim', () => {
  it.each([
    ['wrong', 'right'],
    ['unclear', 'right'],
    ['right', 'wrong'],
    ['right', 'unclear'],
  ] as const)('stays one with ownership %s and address %s', (ownership, address) => {
    expect(checked(domain(), { dns: dns(ownership, address) })).toMatchObject({
      status: 'pending_dns',
      hint: 'do something',
    });
  });

  it('stays one while another account owns the name, and says so', () => {
    const claimed = checked(domain(), { owner: false });
    expect(claimed.status).toBe('pending_dns');
    expect(claimed.hint).toMatch(/Another account .* uses go\.brand\.test/);
  });

  it('is active once it is proven, or first verified where its certificate is on the way', () => {
    expect(checked(domain(), {}).status).toBe('active');
    const waiting = checked(domain(), { tls: { certificate: null, hint: 'on the way' } });
    expect(waiting).toMatchObject({ status: 'verified', hint: 'on the way' });
    const tls = { certificate: certificate(NOW + HOUR), hint: '' };
    expect(checked(waiting, { tls })).toMatchObject({
      status: 'active',
      hint: '',
      certificate: tls.certificate,
    });
  });
});

it('a domain that was taken back is not in use before it points here again', () => {
  const taken_back = domain({ status: 'verified' });
  expect(checked(taken_back, { dns: dns('right', 'wrong') })).toMatchObject({
    status: 'verified',
    hint: 'do something',
  });
  expect(checked(taken_back, { dns: dns('right', 'unclear') }).status).toBe('verified');
  expect(checked(taken_back, {}).status).toBe('active');
});

describe('a domain in use', () => {
  const active = domain({ status: 'active' });

  function checkedTimes(times: number, found: Partial<Parameters<typeof afterCheck>[1]>): DomainStatus {
    let now = active;
    for (let i = 0; i < times; i++) now = checked(now, found);
    return now.status;
  }

  it('fails after several checks in a row that find another address, and is back at the first right one', () => {
    const wrong = { dns: dns('right', 'wrong') };
    expect(checkedTimes(CHECKS_WRONG_MAX - 1, wrong)).toBe('active');
    expect(checkedTimes(CHECKS_WRONG_MAX, wrong)).toBe('failing');
    expect(checked(domain({ status: 'failing', checks_wrong: 9 }), {})).toMatchObject({
      status: 'active',
      checks_wrong: 0,
    });
  });

  it('does not fail for resolvers that do not answer, nor for a TXT record that was removed', () => {
    expect(checkedTimes(20, { dns: dns('unclear', 'unclear') })).toBe('active');
    expect(checkedTimes(20, { dns: dns('wrong', 'right') })).toBe('active');
  });

  it('stays failing while resolvers do not answer', () => {
    const failing = domain({ status: 'failing', checks_wrong: 5 });
    expect(checked(failing, { dns: dns('unclear', 'unclear') })).toMatchObject({
      status: 'failing',
      checks_wrong: 5,
    });
  });

  it('fails with its TXT record where nothing else is known of it', () => {
    expect(checkedTimes(CHECKS_WRONG_MAX, { dns: dns('wrong', 'right', false) })).toBe('failing');
  });

  it('fails when its certificate has ended', () => {
    const tls = { certificate: certificate(NOW - 1), hint: 'the authority is away' };
    expect(checkedTimes(CHECKS_WRONG_MAX, { tls })).toBe('failing');
  });
});

describe('a domain that was given up', () => {
  it('stays so, whatever DNS says', () => {
    expect(checked(domain({ status: 'retired' }), {}).status).toBe('retired');
  });

  it('is free once the clicks of its last links are deleted', () => {
    const retired = domain({ status: 'retired', last_link_on: '2026-11-01' });
    expect(isFree(retired, 30, NOW)).toBe(false);
    expect(isFree(retired, 20, NOW)).toBe(true);
    // The last link may have been made late on that day.
    expect(isFree(retired, 27, NOW)).toBe(false);
    expect(isFree(domain({ status: 'retired' }), 30, NOW)).toBe(true);
    expect(isFree(domain({ status: 'active' }), 0, NOW)).toBe(false);
  });
});

describe('the next check', () => {
  const inSeconds = (change: Partial<Domain>): number => (nextCheckAt(domain(change), NOW) - NOW) / 1_000;

  it('of a claim comes within seconds at first, and within hours after a week', () => {
    expect(inSeconds({})).toBe(5);
    expect(inSeconds({ created_at: new Date(NOW - HOUR).toISOString() })).toBe(60);
    expect(inSeconds({ created_at: new Date(NOW - 300 * HOUR).toISOString() })).toBe(6 * 3_600);
  });

  it('of a domain in use comes within an hour, and within a minute when something is wrong', () => {
    expect(inSeconds({ status: 'active' })).toBe(3_600);
    expect(inSeconds({ status: 'active', checks_wrong: 1 })).toBe(60);
    expect(inSeconds({ status: 'failing' })).toBe(60);
  });
});

it('new links are made on the primary domain, or on the oldest in use', () => {
  const [a, b] = ['a.test', 'b.test'].map((name) => domain({ domain: name, status: 'active' })) as [
    Domain,
    Domain,
  ];
  const pending = domain({ domain: 'c.test' });
  expect(linkDomain([a, b], 'b.test')).toBe('b.test');
  expect(linkDomain([a, b, pending], 'c.test')).toBe('a.test');
  expect(linkDomain([pending], 'c.test')).toBe('');
  expect(linkDomain([], '')).toBe('');
});

it('a check that has found nothing new differs in its times alone', () => {
  const before = checked(domain({ status: 'active' }), {});
  expect(differs(before, checked(before, { now_ms: NOW + HOUR }))).toBe(false);
  expect(differs(before, checked(before, { dns: dns('right', 'wrong') }))).toBe(true);
});
