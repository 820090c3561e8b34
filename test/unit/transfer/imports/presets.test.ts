/** Whose export a header line is of, and which of its columns is which. */
import { describe, expect, it } from 'vitest';
import { resolveImportColumns } from '../../../../src/transfer/imports/import-columns.ts';
import { FIELDS_OF, type ImportField, NEEDED } from '../../../../src/transfer/imports/import-fields.ts';
import { PRESETS } from '../../../../src/transfer/imports/presets.ts';

const NO_CHOICES = { kind: undefined, preset: undefined, named: {} };

/** Header lines as the products write them. */
const HEADERS: Record<string, string> = {
  dub_links: 'Short link,Destination URL,Clicks,Created at,Updated at,Tags',
  bitly_links: 'title,link,long_url,created_at,clicks',
  shortio_links: 'Original URL,Short URL,Path,Title,Created At',
  rebrandly_links: 'Title,Slashtag,Domain,Destination,Created at,Clicks',
  shlink_links: 'createdAt,domain,shortUrl,longUrl,shortCode,title,tags,visits',
  shlink_visits: 'date,referer,userAgent,visitedUrl,potentialBot',
  kutt_links: 'id,address,target,link,created_at,visit_count',
  yourls_links: 'keyword,url,title,timestamp,ip,clicks',
  yourls_clicks: 'click_id,click_time,shorturl,referrer,user_agent,ip_address,country_code',
  voluum_clicks: 'Click ID,Visit timestamp,Click timestamp,Campaign,Offer,IP address,User agent,Country code',
  voluum_conversions:
    'Visit timestamp,Postback timestamp,External ID,Click ID,Transaction ID,Revenue,Campaign,Offer',
  keitaro_clicks: 'sub_id,datetime,campaign,offer,ip,user_agent,country,is_bot,sub_id_1',
  keitaro_conversions: 'conversion_id,sub_id,tid,status,revenue,click_datetime,sale_datetime,campaign,offer',
  redtrack_clicks: 'clickid,track_time,campaign_name,offer_name,ip,user_agent,country,sub1,sub2',
  redtrack_conversions: 'clickid,conv_time,track_time,type,payout,currency,campaign_name,offer_name',
  trackly_sends: 'account_id,message_id,contact_id,creative_id,campaign_id,sent_at,domain',
  trackly_clicks: 'account_id,click_id,clicked_at,link_id,message_id,contact_id,offer_id,verdict,domain',
  trackly_conversions: 'account_id,conversion_id,event,offer_id,txn_id,converted_at,currency,revenue,payout',
};

describe('presets', () => {
  it.each(PRESETS.map((preset) => [preset.preset, preset] as const))(
    '%s is known by its header',
    (name, preset) => {
      const columns = resolveImportColumns((HEADERS[name] ?? '').split(','), NO_CHOICES);
      expect([columns.preset?.preset, columns.kind]).toEqual([name, preset.kind]);
      for (const group of NEEDED[preset.kind])
        expect(group.some((field) => columns.at[field] !== undefined)).toBe(true);
    },
  );

  it('have only fields of their kind', () => {
    for (const { preset, kind, columns } of PRESETS) {
      for (const field of Object.keys(columns) as ImportField[])
        expect(FIELDS_OF[kind], `${preset} ${field}`).toContain(field);
    }
  });
});

describe('columns named by hand', () => {
  it('win over the preset', () => {
    const { at, mapping, ignored } = resolveImportColumns(['keyword', 'url', 'Page'], {
      ...{ ...NO_CHOICES, named: { url: 'Page' } },
    });
    expect([at.url, mapping.url, ignored]).toEqual([2, 'Page', ['url']]);
  });

  it('are refused where the file, or the kind, has none such', () => {
    const resolve = (named: Partial<Record<ImportField, string>>) => () =>
      resolveImportColumns(['keyword', 'url'], { ...NO_CHOICES, named });
    expect(resolve({ url: 'Page' })).toThrow(/no column "Page"/);
    expect(resolve({ revenue: 'url' })).toThrow(/links have no revenue/);
  });
});
