import { describe, expect, it } from 'vitest';
import { datesOf, isPagePath, parameterOfContact, pathNamesContact } from '../../../src/sharing/view.ts';
import { reportOfView } from '../../../src/sharing/view-report.ts';

describe('the page of a view', () => {
  it.each(['/', '/campaigns', '/offers/off_1', '/domains/go.brand.example', '/creatives/a%20b'])(
    'may be %s',
    (path) => expect(isPagePath(path)).toBe(true),
  );
  it.each([
    ...['', 'campaigns', '//evil.example', '/\\evil.example', 'https://evil.example', '/a?b', '/a#b', '/%zz'],
    ...['/v2/keys', '/session', '/shared/x', '/subscription', '/%76%32/keys', '/invitation'],
  ])('may not be %s', (path) => expect(isPagePath(path)).toBe(false));
});

describe('a contact in a view', () => {
  it.each(['/messages/m-1', '/links/abc1234', '/contacts/+491511234567', '/%6dessages/m-1', '/trace/x'])(
    'is found in the path %s',
    (path) => expect(pathNamesContact(path)).toBe(true),
  );
  it.each(['/', '/messages', '/campaigns/cam_1', '/trace'])('is not in the path %s', (path) =>
    expect(pathNamesContact(path)).toBe(false),
  );
  it.each([
    ['/live', { verdict: 'bot', contact_id: 'c-1' }, 'contact_id'],
    ['/messages', { search: '49151' }, 'search'],
    ['/trace', { id: 'c-1' }, 'id'],
    ['/campaigns', { search: 'shoes', offer_id: 'off_1' }, undefined],
  ])('is found among the parameters of %s', (path, query, name) =>
    expect(parameterOfContact({ path, query: query as unknown as Record<string, string> })).toBe(name),
  );
});

describe('the dates of a view', () => {
  it('follow the day, or stay', () => {
    expect(datesOf({ days: 7, query: { from: '2020-01-01' } }, '2026-03-02')).toEqual({
      from: '2026-02-24',
      to: '2026-03-02',
    });
    expect(datesOf({ days: null, query: { from: '2026-01-01', to: '2026-01-31' } }, '2026-03-02')).toEqual({
      from: '2026-01-01',
      to: '2026-01-31',
    });
  });
  it('are those of the page where the view has none', () => {
    expect(datesOf({ days: null, query: {} }, '2026-03-30')).toEqual({
      from: '2026-03-01',
      to: '2026-03-30',
    });
  });
});

describe('the report of a view', () => {
  it('is a list with its filters and order, or the figures of one thing over time', () => {
    const query = { campaign_id: 'cam_1', sort: '-revenue', search: 'shoes', from: '2026-01-01', page: '2' };
    expect(reportOfView({ private_to: '', path: '/offers', query })).toEqual({
      report: {
        name: 'offers',
        filters: { campaign_id: 'cam_1' },
        range_by: 'sent',
        sort: { column: 'revenue', descending: true },
        search: 'shoes',
      },
    });
    expect(
      reportOfView({ private_to: '', path: '/campaigns/cam_1', query: { range_by: 'event' } }),
    ).toMatchObject({
      report: { name: 'hours', filters: { campaign_id: 'cam_1' }, range_by: 'event' },
    });
    expect(reportOfView({ private_to: '', path: '/domains/go.example', query: {} })).toMatchObject({
      report: { name: 'hours', filters: { domain: 'go.example' } },
    });
  });

  it('is of its thing, whatever else the address says', () => {
    expect(
      reportOfView({ private_to: '', path: '/campaigns/cam_1', query: { campaign_id: 'cam_2' } }),
    ).toMatchObject({
      report: { filters: { campaign_id: 'cam_1' } },
    });
  });

  it('does not exist of a view that only one member sees', () => {
    expect(reportOfView({ private_to: 'mem_1', path: '/offers', query: {} })).toHaveProperty('why_not');
  });

  it('does not exist where it would show more than the page, or is of contacts', () => {
    for (const view of [
      { path: '/', query: { country: 'DE' } },
      { path: '/offers', query: { message_id: 'm-1' } },
      { path: '/messages', query: {} },
      { path: '/links/abc1234', query: {} },
      { path: '/offers/off_1/postbacks', query: {} },
      { path: '/offers/new', query: {} },
      { path: '/keys', query: {} },
    ])
      expect(reportOfView({ private_to: '', ...view }), JSON.stringify(view)).toHaveProperty('why_not');
  });
});
