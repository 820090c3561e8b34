/** What is probably a mistake in a message that can be created. */
import { describe, expect, it } from 'vitest';
import { parseTemplate } from '../../../src/catalog/placeholders.ts';
import type { WarningCode } from '../../../src/catalog/warnings.ts';
import { type MessageInput, parseMessage } from '../../../src/messages/message.ts';
import type { References, SentCreative } from '../../../src/messages/message-references.ts';
import type { MessageRecord } from '../../../src/messages/message-store.ts';
import { MessageWarnings, repeatWarnings } from '../../../src/messages/message-warnings.ts';
import { requiredNames } from '../../../src/messages/render-message.ts';

const NOW_MS = Date.parse('2026-11-29T12:00:00Z');
const account = { tracking_domain: '', link_domain: '', query: null };
const offer = (more: object = {}): object => ({
  offer_id: 'off_1',
  status: 'active',
  destination_url: 'https://shop.example/?c={{click_id}}',
  ...more,
});
const campaign = (more: object = {}): object => ({
  campaign_id: 'cam_1',
  status: 'active',
  variants: [{ variant_id: 'A', creative_id: 'cre_1', percent: 100 }],
  ...more,
});

function sentOf(text: string, more: object = {}): SentCreative {
  const body = parseTemplate(text);
  const creative = {
    creative_id: 'cre_1',
    status: 'active',
    offer_links: [{ key: 'link1', offer_id: 'off_1' }],
    updated_at: '2026-11-01T00:00:00Z',
    ...more,
  };
  return { creative, body, required: requiredNames(body) } as never;
}

interface World {
  input?: object;
  text?: string;
  creative?: object;
  offer?: object;
  campaign?: object;
  account?: object;
  domain?: string;
  host?: string;
}

function warningsOf(world: World): { code: WarningCode; field?: string; message: string }[] {
  const sent = sentOf(world.text ?? 'Hi {{first_name|there}}: {{link1}}', world.creative);
  const references = {
    creatives: new Map([['cre_1', sent]]),
    offers: new Map([['off_1', offer(world.offer)]]),
    campaigns: new Map([['cam_1', campaign(world.campaign)]]),
    domains: new Map(),
  } as unknown as References;
  const found = new MessageWarnings(
    references,
    { ...account, ...world.account } as never,
    world.host ?? 'trk.example',
  );
  const input = parseMessage({ contact_id: 'c-1', creative_id: 'cre_1', ...world.input }, NOW_MS);
  return [...found.of(input, sent, world.domain ?? '')];
}
const codes = (world: World): string[] =>
  warningsOf(world).map(({ code, field }) => (field === undefined ? code : `${code} ${field}`));

describe('a message', () => {
  it('that is as it should be has no warning', () => {
    const input = { campaign_id: 'cam_1', variant_id: 'A', sent_at: '2026-11-29T12:00:00+02:00' };
    expect(codes({ input: { ...input, fields: { first_name: 'Ann', unused: 'x' } } })).toEqual([]);
  });

  it.each<[string, World, string[]]>([
    ['links on this machine', { host: 'localhost:8080' }, ['no_domain']],
    ['links on a loopback address', { host: '127.0.0.1:8080' }, ['no_domain']],
    ['a domain of its own', { host: 'localhost:8080', domain: 'go.shop.example' }, []],
    [
      'a tracking domain that waits for DNS',
      { account: { tracking_domain: 'go.shop.example' } },
      ['domain_not_in_use'],
    ],
    ['a time without a zone', { input: { sent_at: '2026-11-29T12:00:00' } }, ['time_without_zone sent_at']],
    ['a date', { input: { expires_at: '2026-12-01' } }, ['time_without_zone expires_at']],
    [
      'no variant of a campaign with variants',
      { input: { campaign_id: 'cam_1' } },
      ['variant_missing variant_id'],
    ],
    ['a campaign without variants', { input: { campaign_id: 'cam_1' }, campaign: { variants: [] } }, []],
    ['a paused offer', { offer: { status: 'paused' } }, ['not_active']],
    ['a paused creative', { creative: { status: 'paused' } }, ['not_active creative_id']],
    [
      'a field that the destination needs',
      { offer: { destination_url: 'https://shop.example/{{size}}?c={{click_id}}&{{hue|red}}' } },
      ['field_missing fields.size'],
    ],
    [
      'a field that a tap may bring',
      { offer: { destination_url: 'https://s.example/{{size}}', query: 'fill' } },
      [],
    ],
    [
      'an empty field of the text',
      { text: 'Hi {{name}} {{link1}}', input: { fields: { name: '' } } },
      ['field_missing fields.name'],
    ],
    [
      'a field that is nearly right',
      { input: { fields: { firstname: 'Ann' } } },
      ['field_misspelt fields.firstname'],
    ],
  ])('with %s', (_what, world, expected) => {
    expect(codes(world)).toEqual(expected);
  });

  it('says what to do', () => {
    expect(warningsOf({ input: { campaign_id: 'cam_1' } })[0]?.message).toContain('A sends this creative');
    expect(warningsOf({ input: { sent_at: '2026-11-29' } })[0]?.message).toContain('2026-11-29T00:00:00Z');
    const waiting = warningsOf({ host: 'localhost', account: { tracking_domain: 'go.shop.example' } });
    expect(waiting).toHaveLength(1);
    expect(waiting[0]?.message).toContain('go.shop.example is not in use');
  });
});

describe('a repeated message', () => {
  const record: MessageRecord = {
    ...{ contact_id: 'c-1', creative_id: 'cre_1', campaign_id: '', variant_id: '' },
    ...{ sent_at_ms: NOW_MS, logged_at_ms: NOW_MS, links: [], fields: { first_name: 'Ann' } },
  };
  const repeated = (more: object, creative: object = {}): string[] => {
    const input: MessageInput = parseMessage(
      { contact_id: 'c-1', creative_id: 'cre_1', message_id: 'm', fields: { first_name: 'Ann' }, ...more },
      NOW_MS + 60_000,
    );
    return repeatWarnings(input, record, sentOf('{{link1}}', creative)).map(
      ({ code, message }) => `${code}: ${message}`,
    );
  };

  it('with the same values has no warning', () => {
    expect(repeated({})).toEqual([]);
    expect(repeated({ sent_at: new Date(NOW_MS).toISOString() })).toEqual([]);
  });

  it('with other values, or whose creative was changed, says so', () => {
    expect(repeated({ campaign_id: 'cam_1', fields: { first_name: 'Bob', last_name: 'B' } })).toEqual([
      expect.stringMatching(/^repeat_differs: .* campaign_id, fields\.first_name, fields\.last_name/),
    ]);
    expect(repeated({}, { updated_at: '2026-11-30T00:00:00Z' })).toEqual([
      expect.stringMatching(/^creative_changed/),
    ]);
  });
});
