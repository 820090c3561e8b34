/**
 * A small file of each preset as its product writes it: separators, quotes, byte order mark, times and empty cells too.
 * What they are from is named in the table of presets (src/transfer/imports/presets.ts); the own ones are as the report
 * views have them. Each with what its first line is read as, and why the second one is left out, where it is.
 */
export interface PresetFile {
  csv: string;
  /** By what the test calls it. */
  first: Record<string, unknown>;
  /** Of the second line: the error; undefined where it is read. */
  second?: string;
}

const BOM = '\ufeff';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1';

export const PRESET_FILES: Readonly<Record<string, PresetFile>> = {
  // json-2-csv: quotes only where they are needed, newlines in a tag kept; times by toISOString().
  dub_links: {
    csv: `Short link,Destination URL,Clicks,Leads,Conversions,Revenue,Created at,Link ID,Updated at,Tags,Archived
https://go.example/Spring,https://shop.example/?a=1,12,0,0,$0.00,2026-03-01T10:00:00.000Z,link_1,2026-03-02T10:00:00.000Z,"spring, ""sale"",
shoes",No
https://go.example/plain,https://shop.example/,0,0,0,$0.00,2026-03-01T10:00:00.000Z,link_2,2026-03-01T10:00:00.000Z,,No
`,
    first: { old: 'go.example/Spring', url: 'https://shop.example/?a=1', at: '2026-03-01T10:00:00.000Z' },
  },
  bitly_links: {
    csv: `Title,Link,Custom Link,Destination URL,Created,Tags\r
Spring,https://bit.ly/3abcdef,https://go.example/spring,https://shop.example/spring,2026-03-01T10:00:00+0000,\r
Plain,https://go.example/3abcdeg,,https://shop.example/,2026-03-01T10:00:00+0000,\r
`,
    first: {
      old: 'go.example/spring',
      url: 'https://shop.example/spring',
      at: '2026-03-01T10:00:00.000Z',
      next_old: 'go.example/3abcdeg',
    },
  },
  shortio_links: {
    csv: `originalURL,path,idString,shortURL,secureShortURL,title,createdAt,expiresAt
https://shop.example/spring,spring,lnk_1,http://go.example/spring,https://go.example/spring,Spring,2026-03-01T10:00:00.000Z,
https://shop.example/,plain,lnk_2,http://go.example/plain,https://go.example/plain,,2026-03-01T10:00:00.000Z,2026-12-31T00:00:00.000Z
`,
    first: { old: 'go.example/spring', url: 'https://shop.example/spring', at: '2026-03-01T10:00:00.000Z' },
  },
  rebrandly_links: {
    csv: `id,title,slashtag,destination,shortUrl,domain.id,domain.fullName,createdAt,updatedAt,clicks,favourite
ffs24,"The ""LaFerrari""",burn10M,https://shop.example/spring,go.example/burn10M,8f104,go.example,2026-03-01T10:54:12.000Z,2026-03-01T10:54:12.000Z,42,false
ffs25,,plain,https://shop.example/,,8f104,go.example,2026-03-01T10:54:12.000Z,2026-03-01T10:54:12.000Z,0,false
`,
    first: {
      old: 'go.example/burn10M',
      url: 'https://shop.example/spring',
      at: '2026-03-01T10:54:12.000Z',
      next_old: 'go.example/plain',
    },
  },
  // @json2csv/plainjs: texts in quotes, numbers without; times with an offset.
  shlink_links: {
    csv: `"createdAt","domain","shortCode","shortUrl","longUrl","title","tags","visits"
"2026-03-01T11:00:00+01:00","go.example","spring","https://go.example/spring","https://shop.example/spring","Spring","a|b",12
"2026-03-01T11:00:00+01:00","go.example","plain","https://go.example/plain","https://shop.example/","","",0`,
    first: { old: 'go.example/spring', url: 'https://shop.example/spring', at: '2026-03-01T10:00:00.000Z' },
  },
  shlink_visits: {
    csv: `"date","potentialBot","userAgent","browser","os","referer","country","region","city","latitude","longitude","visitedUrl"
"2026-03-01T11:00:00+01:00",false,"${IPHONE}","Mobile Safari","iOS","Direct","Germany","Berlin","Berlin",52.5,13.4,"https://go.example/spring"
"2026-03-01T11:00:01+01:00",true,"${IPHONE}","Mobile Safari","iOS","Direct","Unknown","Unknown","Unknown",,,`,
    first: {
      ...{ at: '2026-03-01T10:00:00.000Z', old: 'go.example/spring', country: 'DE', verdict: 'human' },
      ...{ next_verdict: 'bot' },
    },
  },
  kutt_links: {
    csv: `address,banned,created_at,id,link,password,target,description,updated_at,visit_count,expire_in,domain
spring,false,2026-03-01T10:00:00.000Z,uuid-1,https://go.example/spring,false,https://shop.example/spring,,2026-03-01T10:00:00.000Z,12,,go.example
plain,false,2026-03-01 10:00:00.123+00,uuid-2,https://go.example/plain,false,https://shop.example/,,2026-03-01T10:00:00.000Z,0,2026-12-31T00:00:00.000Z,
`,
    first: { old: 'go.example/spring', url: 'https://shop.example/spring', at: '2026-03-01T10:00:00.000Z' },
  },
  // phpMyAdmin: every value in quotes, NULL without.
  yourls_links: {
    csv: `"keyword","url","title","timestamp","ip","clicks"
"spring","https://shop.example/spring","A title
of two lines","2026-03-01 10:00:00","198.51.100.1","12"
"plain","https://shop.example/",NULL,"2026-03-01 10:00:00","198.51.100.1","0"
`,
    first: {
      old: 'default.example/spring',
      url: 'https://shop.example/spring',
      at: '2026-03-01T09:00:00.000Z',
    },
  },
  // mysql --batch: tabs.
  yourls_clicks: {
    csv: `click_id\tclick_time\tshorturl\treferrer\tuser_agent\tip_address\tcountry_code
1\t2026-03-01 10:00:00\tspring\tdirect\t${IPHONE}\t198.51.100.1\tDE
2\t0000-00-00 00:00:00\tspring\tdirect\t${IPHONE}\t198.51.100.1\tDE
`,
    first: { at: '2026-03-01T09:00:00.000Z', old: 'default.example/spring', country: 'DE', verdict: 'human' },
    second: 'invalid_time',
  },
  voluum_clicks: {
    csv: `${BOM}"Visit timestamp","Click timestamp","External ID","Click ID","Campaign","Offer","Country code","Device","Operating system","Browser","Visitor IP","V1"
"2026-03-01 10:00:00 AM","","c-1","w1","Autumn","Shoes","DE","Mobile phone","iOS","Mobile Safari","198.51.100.1","fb"
"2026-03-01 10:00:00 PM","2026-03-01 10:00:05 PM","c-2","w2","Autumn","Shoes","DE","Desktop","Windows","Chrome","198.51.100.2",""
`,
    first: {
      at: '2026-03-01T09:00:00.000Z',
      contact: 'c-1',
      country: 'DE',
      query: 'sub1=fb',
      verdict: 'human',
    },
  },
  voluum_conversions: {
    csv: `${BOM}"Postback timestamp","Visit timestamp","External ID","Click ID","Transaction ID","Revenue","Cost","Conversion type","Campaign ID","Campaign","Offer","Country code","Visitor IP","V1"
"2026-03-01 02:15:00 PM","2026-03-01 10:00:00 AM","c-1","w1","t-1","49.9","0","","id-1","Autumn","Shoes","DE","198.51.100.1","fb"
"2026-03-01 02:15:00 PM","2026-03-01 10:00:00 AM","c-1","w1","t-2","0","0","upload","id-1","Autumn","Shoes","DE","198.51.100.1","fb"
`,
    first: {
      at: '2026-03-01T13:15:00.000Z',
      event: 'sale',
      txn_id: 't-1',
      amount: '49.90',
      campaign: 'Autumn',
    },
    second: 'invalid_event',
  },
  keitaro_clicks: {
    csv: `sub_id;datetime;campaign;offer;external_id;ip;user_agent;country;country_code;device_type;is_bot;sub_id_1
k1;2026-03-01 10:00:00;Autumn;Shoes;c-1;198.51.100.1;"${IPHONE}";Germany;DE;mobile;0;fb
k2;2026-03-01 10:00:00;Autumn;Shoes;;198.51.100.2;curl/8.0;;;;1;
`,
    first: {
      ...{
        at: '2026-03-01T09:00:00.000Z',
        contact: 'c-1',
        country: 'DE',
        query: 'sub1=fb',
        verdict: 'human',
      },
      ...{ next_verdict: 'bot' },
    },
  },
  keitaro_conversions: {
    csv: `conversion_id;sub_id;tid;status;original_status;previous_status;revenue;click_datetime;postback_datetime;sale_datetime;campaign;offer
7;k1;t-1;lead;reg;;0;2026-03-01 10:00:00;2026-03-01 12:00:00;;Autumn;Shoes
8;k2;t-2;rejected;declined;sale;49.9;2026-03-01 10:00:00;2026-03-01 12:00:00;2026-03-01 12:00:00;Autumn;Shoes
`,
    first: { at: '2026-03-01T11:00:00.000Z', event: 'lead', txn_id: '7', amount: '0.00', campaign: 'Autumn' },
    second: 'not_paid',
  },
  redtrack_clicks: {
    csv: `clickid,track_time,campaign,offer,ref_id,ip,user_agent,country,device,os,browser,sub1,sub2
r1,2026-03-01T10:00:00Z,Autumn,Shoes,c-1,198.51.100.1,"${IPHONE}",Germany,Mobile,iOS,Safari,fb,
r2,2026-03-01T10:00:00Z,Autumn,Shoes,,198.51.100.1,"${IPHONE}",Côte d’Ivoire,Mobile,iOS,Safari,,
`,
    first: {
      at: '2026-03-01T10:00:00.000Z',
      contact: 'c-1',
      country: 'DE',
      query: 'sub1=fb',
      verdict: 'human',
    },
  },
  redtrack_conversions: {
    csv: `id,clickid,track_time,conv_time,created_at,type,status,payout,currency,deduplicate_token,campaign,offer
x1,r1,2026-03-01T10:00:00Z,2026-03-01T12:00:00Z,2026-03-01T12:00:01Z,Purchase,approved,49.9,USD,,Autumn,Shoes
x2,r2,2026-03-01T10:00:00Z,2026-03-01T12:00:00Z,2026-03-01T12:00:01Z,Purchase,declined,49.9,USD,,Autumn,Shoes
`,
    first: {
      at: '2026-03-01T12:00:00.000Z',
      event: 'sale',
      txn_id: 'x1',
      amount: '49.90',
      campaign: 'Autumn',
    },
    second: 'not_paid',
  },
  trackly_sends: {
    csv: `"account_id","message_id","contact_id","creative_id","campaign_id","variant_id","domain","sent_at"
"acc_1","m-1","c-1","cre_1","Autumn","A","go.example","2026-03-01T10:00:00.000Z"
"acc_1","","","cre_1","Autumn","A","go.example","2026-03-01T10:00:00.000Z"
`,
    first: { at: '2026-03-01T10:00:00.000Z', message: 'm-1', contact: 'c-1', campaign: 'Autumn' },
  },
  trackly_clicks: {
    csv: `"account_id","click_id","clicked_at","link_id","message_id","contact_id","sent_at","campaign_id","offer_id","verdict","country","domain"
"acc_1","0123456789012345678901234abcd","2026-03-01T10:00:00.000Z","abcdefg","m-1","c-1","2026-03-01T09:00:00.000Z","Autumn","Shoes","human","DE","go.example"
"acc_1","k2","2026-03-01T10:00:00.000Z","abcdefg","m-1","c-1","2026-03-01T09:00:00.000Z","Autumn","Shoes","bot","DE","go.example"
`,
    first: {
      ...{ at: '2026-03-01T10:00:00.000Z', old: 'go.example/abcdefg', contact: 'c-1', verdict: 'human' },
      ...{ country: 'DE', next_verdict: 'bot' },
    },
  },
  trackly_conversions: {
    csv: `"account_id","conversion_id","event","txn_id","converted_at","currency","revenue","payout","campaign_id","offer_id"
"acc_1","cnv_1","sale","","2026-03-01T10:00:00.000Z","EUR","49.90","5.00","Autumn","Shoes"
"acc_1","cnv_2","void","t-2","2026-03-01T10:00:00.000Z","EUR","49.90","5.00","Autumn","Shoes"
`,
    first: {
      at: '2026-03-01T10:00:00.000Z',
      event: 'sale',
      txn_id: 'cnv_1',
      amount: '49.90',
      campaign: 'Autumn',
    },
    second: 'invalid_event',
  },
};
