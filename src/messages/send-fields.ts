/**
 * The fields of a send, each defined once: LOGGED_SEND says what is on the log of sends, SEND_FIELDS which columns of
 * trackly.sends are made of it and what each means. The codec (send.ts), the insert, the schema, the view report_sends,
 * the traces and what is read back (send-table.ts) derive from them. Pure.
 */
import { defineColumns } from '../clickhouse/columns.ts';
import { flag, type Read, type Shaped, text, texts, whole } from '../platform/row-shape.ts';

export interface SentLink {
  link_key: string;
  link_id: string;
  offer_id: string;
}

/** On the log a link is a list of three. */
const links: Read<SentLink[]> = (part) => {
  if (!Array.isArray(part)) return undefined;
  const read: SentLink[] = [];
  for (const link of part) {
    if (!Array.isArray(link) || link.length !== 3 || !link.every((one) => typeof one === 'string')) {
      return undefined;
    }
    const [link_key, link_id, offer_id] = link as [string, string, string];
    read.push({ link_key, link_id, offer_id });
  }
  return read;
};

const share: Read<number> = (part) => (typeof part === 'number' && part >= 0 && part <= 1 ? part : undefined);

/** What is on the log, in this order. */
export const LOGGED_SEND = {
  message_id: text,
  account_id: text,
  contact_id: text,
  creative_id: text,
  campaign_id: text,
  variant_id: text,
  /** With which the contact was given the variant; 0: the sender chose it. */
  variant_probability: share,
  /** Tracking domain of its links; '' is the installation's own. */
  domain: text,
  sent_at_ms: whole,
  logged_at_ms: whole,
  links,
  /** The sender's values for the text and the destination; 0 on the log if there are none. */
  fields: (part: unknown) => (part === 0 ? {} : texts(part)),
  /** When its links expire, in ms; 0: never. */
  link_expires_at_ms: whole,
  /** Whether it is a test, which counts nowhere. */
  is_test: flag,
} as const;

/** A send as the log has it. */
export type Send = Shaped<typeof LOGGED_SEND>;

/** A send ready to insert into the table. */
export interface SendLine {
  send: Send;
  /** The installation's own domain: of links that were made for no other. */
  own_domain: string;
  /** Token of its batch. */
  batch: string;
  expires_at_s: number;
  /** Where its contact is erased. */
  pseudonym?: string | undefined;
}

const TIME = "DateTime64(3, 'UTC')";
const WORD = 'LowCardinality(String)';

/** The columns of trackly.sends and, for tests, of trackly.test_sends. */
export const SEND_FIELDS = defineColumns<SendLine>()({
  account_id: {
    type: WORD,
    personal: 'none',
    meaning: 'Account that sent the message',
    value: ({ send }) => send.account_id,
    reported: true,
  },
  message_id: {
    type: 'String',
    personal: 'none',
    meaning: 'The message',
    value: ({ send }) => send.message_id,
    reported: true,
  },
  contact_id: {
    type: 'String',
    personal: 'id',
    meaning:
      'Recipient, under the id that the sender gave; a pseudonym, erased_…, once the contact is erased',
    value: ({ send }) => send.contact_id,
    reported: true,
  },
  creative_id: {
    type: WORD,
    personal: 'none',
    meaning: 'Creative of the message',
    value: ({ send }) => send.creative_id,
    reported: true,
  },
  campaign_id: {
    type: WORD,
    personal: 'none',
    meaning: 'Campaign of the message; empty without one',
    value: ({ send }) => send.campaign_id,
    reported: true,
  },
  variant_id: {
    type: WORD,
    personal: 'none',
    meaning: "Arm of the campaign's A/B test; empty without one",
    value: ({ send }) => send.variant_id,
    reported: true,
  },
  variant_probability: {
    type: 'Float64',
    personal: 'none',
    meaning: 'Probability with which the contact was given the variant; 0: the sender chose it',
    value: ({ send }) => send.variant_probability,
    reported: true,
  },
  domain: {
    type: WORD,
    personal: 'none',
    meaning: 'Tracking domain of its links',
    value: ({ send, own_domain }) => send.domain || own_domain,
    reported: true,
  },
  sent_at: {
    type: TIME,
    personal: 'none',
    meaning: 'When the message was sent, as the sender says, UTC',
    value: ({ send }) => send.sent_at_ms,
    reported: true,
  },
  logged_at: {
    type: TIME,
    personal: 'none',
    meaning: 'When the message was created here, UTC',
    value: ({ send }) => send.logged_at_ms,
    reported: true,
  },
  link_keys: {
    type: 'Array(LowCardinality(String))',
    personal: 'none',
    meaning: 'Keys of its links: link1, link2 …',
    value: ({ send }) => send.links.map(({ link_key }) => link_key),
    reported: true,
  },
  link_ids: {
    type: 'Array(String)',
    personal: 'none',
    meaning: 'Its links, in the order of link_keys',
    value: ({ send }) => send.links.map(({ link_id }) => link_id),
    reported: true,
  },
  offer_ids: {
    type: 'Array(LowCardinality(String))',
    personal: 'none',
    meaning: 'Offers of its links, in the order of link_keys',
    value: ({ send }) => send.links.map(({ offer_id }) => offer_id),
    reported: true,
  },
  fields: {
    type: 'Map(LowCardinality(String), String)',
    personal: 'content',
    meaning: 'The values that the sender gave for the text and the destination',
    value: ({ send }) => send.fields,
    reported: true,
  },
  link_expires_at: {
    type: TIME,
    personal: 'none',
    meaning: 'When its links expire, UTC; 1970: never',
    value: ({ send }) => send.link_expires_at_ms,
    reported: true,
  },
  import_id: {
    type: WORD,
    personal: 'none',
    meaning: 'Import that it came with, as history; empty for what was tracked here',
    default: "''",
    reported: true,
  },
  batch: {
    personal: 'none',
    type: 'String',
    meaning: 'Token of the batch that inserted the row',
    value: ({ batch }) => batch,
  },
  inserted_at: {
    type: TIME,
    personal: 'none',
    meaning: 'When the row was inserted, UTC',
    default: 'now64(3)',
    reported: true,
  },
  expires_at: {
    type: "DateTime('UTC')",
    personal: 'none',
    meaning: "When the row is deleted, from the account's send_retention_days",
    value: ({ expires_at_s }) => expires_at_s,
  },
});
