/**
 * Requests that partners document, to begin a postback with: what is written in capitals is to be replaced by the account's
 * own. The partner's click id is expected where its own documentation has senders put it behind a link. What of a body has
 * no value is left out (json-template.ts). Pure.
 */
import type { EventType, PostbackTemplate } from './webhook.ts';

export interface Preset {
  preset: string;
  name: string;
  /** Where the partner documents it. */
  documented_at: string;
  url: string;
  method: PostbackTemplate['method'];
  headers: Record<string, string>;
  body: string;
  content_type: PostbackTemplate['content_type'];
  events: EventType[];
  /** The parameter behind the link that brings the partner's click id. */
  click_parameter: string;
}

const JSON_TYPE = 'application/json' as const;
const BOOKED: EventType[] = ['conversion.booked'];
const got = {
  method: 'GET',
  headers: {} as Record<string, string>,
  body: '',
  content_type: JSON_TYPE,
} as const;

export const PRESETS: readonly Preset[] = [
  {
    preset: 'everflow',
    name: 'Everflow',
    documented_at: 'https://helpdesk.everflow.io/customer/accessing-editing-s2s-postback-urls',
    url: 'https://YOUR-TRACKING-DOMAIN/?nid=YOUR-NETWORK-ID&transaction_id={{sub1}}&amount={{revenue|0}}&order_id={{txn_id}}',
    ...got,
    events: BOOKED,
    click_parameter: 'sub1',
  },
  {
    preset: 'voluum',
    name: 'Voluum',
    documented_at: 'https://doc.voluum.com/article/parameters-in-postback-urls',
    url: 'https://YOUR-VOLUUM-DOMAIN/postback?cid={{query_cid}}&payout={{revenue|0}}&txid={{txn_id|}}&et={{event}}&currency={{currency}}',
    ...got,
    events: BOOKED,
    click_parameter: 'cid',
  },
  {
    preset: 'keitaro',
    name: 'Keitaro',
    documented_at: 'https://docs.keitaro.io/en/campaigns-and-integrations/s2s-postback.html',
    url: 'https://YOUR-KEITARO-DOMAIN/YOUR-POSTBACK-KEY/postback?subid={{query_subid}}&status={{keitaro_status}}&payout={{revenue|0}}&currency={{currency}}&tid={{txn_id}}',
    ...got,
    // It changes the status of a conversion that it has.
    events: ['conversion.booked', 'conversion.reversed'],
    click_parameter: 'subid',
  },
  {
    preset: 'redtrack',
    name: 'RedTrack',
    documented_at: 'https://help.redtrack.io/knowledgebase/kb/conversion-tracking/tracking-event-types/',
    // Its "Ignore duplicate postbacks by event id" looks at rdtk_event_id alone.
    url: 'https://YOUR-REDTRACK-DOMAIN/postback?clickid={{query_clickid}}&sum={{revenue|0}}&currency={{currency}}&type={{event}}&rdtk_event_id={{event_id}}',
    ...got,
    events: BOOKED,
    click_parameter: 'clickid',
  },
  {
    preset: 'meta',
    name: 'Meta Conversions API',
    documented_at:
      'https://developers.facebook.com/docs/marketing-api/conversions-api/parameters/server-event',
    url: 'https://graph.facebook.com/v25.0/YOUR-PIXEL-ID/events?access_token=YOUR-ACCESS-TOKEN',
    method: 'POST',
    headers: {},
    // `chat`: "made through a messaging app, SMS, or online messaging feature". Events of a website need the browser and
    // the address of the purchase, which nobody has here; others need action_source alone. One that is older than 7 days
    // is refused.
    body: JSON.stringify(
      {
        data: [
          {
            event_name: '{{meta_event}}',
            event_time: 0,
            event_id: '{{event_id}}',
            action_source: 'chat',
            user_data: { fbc: '{{fbc}}', external_id: ['{{contact_id_sha256}}'] },
            custom_data: { value: 1, currency: '{{currency|USD}}', order_id: '{{txn_id}}' },
          },
        ],
      },
      undefined,
      2,
    )
      .replace('"event_time": 0', '"event_time": {{timestamp}}')
      .replace('"value": 1', '"value": {{revenue|0}}'),
    content_type: JSON_TYPE,
    events: BOOKED,
    click_parameter: 'fbclid',
  },
  {
    preset: 'tiktok',
    name: 'TikTok Events API',
    documented_at: 'https://business-api.tiktok.com/portal/docs?id=1771100865818625',
    url: 'https://business-api.tiktok.com/open_api/v1.3/event/track/',
    method: 'POST',
    headers: { 'access-token': 'YOUR-ACCESS-TOKEN' },
    body: JSON.stringify(
      {
        event_source: 'web',
        event_source_id: 'YOUR-PIXEL-CODE',
        data: [
          {
            event: '{{tiktok_event}}',
            event_time: 0,
            event_id: '{{event_id}}',
            user: { ttclid: '{{ttclid}}', external_id: '{{contact_id_sha256}}' },
            // Of a web event it is required. Where the conversion happened only the advertiser knows.
            page: { url: '{{page_url}}' },
            properties: { value: 1, currency: '{{currency|USD}}', order_id: '{{txn_id}}' },
          },
        ],
      },
      undefined,
      2,
    )
      .replace('"event_time": 0', '"event_time": {{timestamp}}')
      .replace('"value": 1', '"value": {{revenue|0}}'),
    content_type: JSON_TYPE,
    events: BOOKED,
    click_parameter: 'ttclid',
  },
  {
    preset: 'custom',
    name: 'Custom',
    documented_at: '',
    url: 'https://YOUR-PARTNER/postback?click={{sub1}}&event={{event}}&amount={{revenue|0}}&currency={{currency}}&id={{event_id}}',
    ...got,
    events: BOOKED,
    click_parameter: 'sub1',
  },
];

export const PRESET_NAMES = PRESETS.map(({ preset }) => preset);

/** A placeholder of a preset that nobody has replaced: it would be sent as it is. */
export const UNREPLACED = /\bYOUR-[A-Z]+(?:-[A-Z]+)*\b/;
