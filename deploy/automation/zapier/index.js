/**
 * An app for Zapier: its triggers are REST hooks over /v2/webhooks, its actions calls of the API. `zapier push` in this
 * folder makes it an app of one's own. test/integration/automation.test.ts calls every function against a running system,
 * and holds each route against the OpenAPI document.
 */
const VERSION = '0.1.0';

const address = (bundle, path) => `${bundle.authData.url.replace(/\/+$/, '')}${path}`;

const addKey = (request, _z, bundle) => {
  if (bundle.authData.api_key) request.headers = { ...request.headers, 'X-Api-Key': bundle.authData.api_key };
  return request;
};

/** The API's own sentence in place of a status. */
const explain = (response, z) => {
  if (response.status < 400) return response;
  // A list of which every row was refused has the reasons in its rows.
  const { errors: [row] = [], error = row?.error, message = row?.message } = response.json ?? {};
  if (response.status === 401)
    throw new z.errors.Error(message ?? 'the key is wrong', 'AuthenticationError', 401);
  if (response.status === 429) {
    throw new z.errors.ThrottledError(
      message ?? 'too many calls',
      Number(response.getHeader('retry-after') ?? 60),
    );
  }
  throw new z.errors.Error(message ?? `the answer was ${response.status}`, error ?? 'Error', response.status);
};

const authentication = {
  type: 'custom',
  fields: [
    { key: 'url', label: 'Address of the API', required: true, helpText: 'Such as https://links.example' },
    { key: 'api_key', label: 'API key', type: 'password', required: true },
  ],
  test: async (z, bundle) => (await z.request({ url: address(bundle, '/v2/account') })).data,
  connectionLabel: '{{name}}',
};

/** A trigger for events; `sample` reads what there is already, in the form of an event. */
function trigger({ key, noun, label, description, events, sample }) {
  return {
    key,
    noun,
    display: { label, description },
    operation: {
      type: 'hook',
      inputFields: [
        { key: 'campaign_id', label: 'Campaign', helpText: 'Its id; without one, of all campaigns' },
        { key: 'offer_id', label: 'Offer', helpText: 'Its id; without one, of all offers' },
      ],
      async performSubscribe(z, bundle) {
        const { campaign_id, offer_id } = bundle.inputData;
        const filter = {
          ...(campaign_id && { campaign_id: [campaign_id] }),
          ...(offer_id && { offer_id: [offer_id] }),
        };
        const body = { name: `Zapier: ${label}`, url: bundle.targetUrl, events, filter };
        const { data } = await z.request({ method: 'POST', url: address(bundle, '/v2/webhooks'), body });
        return data;
      },
      async performUnsubscribe(z, bundle) {
        const id = encodeURIComponent(bundle.subscribeData.webhook_id);
        const { data } = await z.request({ method: 'DELETE', url: address(bundle, `/v2/webhooks/${id}`) });
        return data;
      },
      // One event a request: its id stays the same in every repeat, and Zapier leaves out ids that it has seen.
      perform: (_z, bundle) => [bundle.cleanedRequest],
      performList: sample,
      sample: {
        id: 'evt_0123456789abcdef0123456789abcdef',
        type: events[0],
        timestamp: '2026-11-29T10:00:00.000Z',
        data: {
          click_id: '0VbtKXUu1hdx94eRQF4LZbx67BaQk',
          contact_id: 'c-1',
          campaign_id: 'cam_9pYt2Gd6Jf4WxN',
        },
      },
    },
  };
}

const first_click = trigger({
  key: 'first_click',
  noun: 'First click',
  label: 'New First Click',
  description:
    'Triggers when a contact opens a link of a message for the first time; bots do not trigger it.',
  events: ['click.first'],
  async sample(z, bundle) {
    const { campaign_id, offer_id } = bundle.inputData;
    const params = {
      ...(campaign_id && { campaign_id }),
      ...(offer_id && { offer_id }),
      verdict: 'human',
      limit: 3,
    };
    const { data } = await z.request({ url: address(bundle, '/v2/clicks'), params });
    return data.clicks.map((click) => ({
      id: click.click_id,
      type: 'click.first',
      timestamp: click.clicked_at,
      data: click,
    }));
  },
});

const conversion = trigger({
  key: 'conversion',
  noun: 'Conversion',
  label: 'New or Reversed Conversion',
  description: 'Triggers when a conversion is booked, or taken back.',
  events: ['conversion.booked', 'conversion.reversed'],
  async sample(z, bundle) {
    const { campaign_id, offer_id } = bundle.inputData;
    const params = { ...(campaign_id && { campaign_id }), ...(offer_id && { offer_id }), per_page: 3 };
    const { data } = await z.request({ url: address(bundle, '/v2/conversions'), params });
    return data.rows.map((row) => ({
      id: row.conversion_id,
      type: 'conversion.booked',
      timestamp: row.converted_at,
      data: row,
    }));
  },
});

const create_message = {
  key: 'create_message',
  noun: 'Message',
  display: { label: 'Create Message', description: 'Renders a text with short links for one contact.' },
  operation: {
    inputFields: [
      { key: 'contact_id', label: 'Contact', required: true },
      { key: 'creative_id', label: 'Creative', required: true },
      { key: 'campaign_id', label: 'Campaign' },
      {
        key: 'message_id',
        label: 'Message id',
        required: true,
        helpText: 'Your own id of this message, such as that of the row: a repeat of it is the same message.',
      },
      { key: 'fields', label: 'Fields of the text', dict: true },
    ],
    async perform(z, bundle) {
      const { fields, ...given } = bundle.inputData;
      const message = { ...given, ...(fields && { fields }) };
      const { data } = await z.request({
        method: 'POST',
        url: address(bundle, '/v2/messages'),
        body: { messages: [message] },
      });
      return data.messages[0];
    },
    sample: { message_id: 'row-17', text: 'Hi Ann: https://trk.example/aB3dE5g' },
  },
};

const shorten_link = {
  key: 'shorten_link',
  noun: 'Link',
  display: { label: 'Shorten Link', description: 'Makes one short link to an address.' },
  operation: {
    inputFields: [
      { key: 'url', label: 'Address', required: true },
      { key: 'contact_id', label: 'Contact' },
    ],
    async perform(z, bundle) {
      const url = address(bundle, '/v2/links/shorten');
      const { data } = await z.request({ method: 'POST', url, body: bundle.inputData });
      return data;
    },
    sample: { link_id: 'aB3dE5g', short_url: 'https://trk.example/aB3dE5g' },
  },
};

const report_conversion = {
  key: 'report_conversion',
  noun: 'Conversion',
  display: {
    label: 'Report Conversion',
    description: 'Books a sale, a lead or a refund to the click that earned it.',
  },
  operation: {
    inputFields: [
      { key: 'click_id', label: 'Click', required: true },
      {
        key: 'txn_id',
        label: 'Transaction',
        required: true,
        helpText: 'A repeat of it is the same conversion.',
      },
      {
        key: 'event',
        label: 'Event',
        choices: ['sale', 'lead', 'rebill', 'refund', 'chargeback', 'install', 'signup'],
      },
      { key: 'revenue', label: 'Revenue', helpText: 'Such as 49.90' },
      { key: 'currency', label: 'Currency', helpText: 'Such as EUR' },
    ],
    async perform(z, bundle) {
      const { data } = await z.request({
        method: 'POST',
        url: address(bundle, '/v2/conversions'),
        body: { conversions: [bundle.inputData] },
      });
      return data.conversions[0];
    },
    sample: { conversion_id: 'cnv_0VbtKXUu000000abcdefgh' },
  },
};

export default {
  version: VERSION,
  platformVersion: '19.1.0',
  authentication,
  beforeRequest: [addKey],
  afterResponse: [explain],
  triggers: { [first_click.key]: first_click, [conversion.key]: conversion },
  creates: {
    [create_message.key]: create_message,
    [shorten_link.key]: shorten_link,
    [report_conversion.key]: report_conversion,
  },
};
