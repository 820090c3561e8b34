/**
 * The columns of trackly.deliveries, each defined once: a line is an event that holds of a message (its state, or its
 * first opt-out), booked or reversed, with what the rollups need of the message. Pure.
 */
import { defineColumns } from '../clickhouse/columns.ts';
import type { StateEvent } from './delivery-state.ts';
import { EVENT_FIELDS } from './event-fields.ts';
import { SEND_FIELDS, type SentLink } from './send-fields.ts';

/** What a line has of its message. */
export interface DeliveredMessage {
  account_id: string;
  message_id: string;
  creative_id: string;
  campaign_id: string;
  variant_id: string;
  /** Tracking domain of its links. */
  domain: string;
  /** Of the contact, from the message's field `country`; '' without one. */
  country: string;
  sent_at_ms: number;
  logged_at_ms: number;
  links: readonly SentLink[];
  expires_at_s: number;
}

export interface DeliveryLine {
  message: DeliveredMessage;
  holds: StateEvent;
  /** 1: it holds from now on. -1: it does no longer. */
  sign: 1 | -1;
  /** Token of its batch. */
  batch: string;
}

export const DELIVERY_FIELDS = defineColumns<DeliveryLine>()({
  account_id: { ...SEND_FIELDS.account_id, value: ({ message }) => message.account_id },
  message_id: { ...SEND_FIELDS.message_id, value: ({ message }) => message.message_id },
  logged_at: { ...SEND_FIELDS.logged_at, value: ({ message }) => message.logged_at_ms },
  sent_at: { ...SEND_FIELDS.sent_at, value: ({ message }) => message.sent_at_ms },
  creative_id: { ...SEND_FIELDS.creative_id, value: ({ message }) => message.creative_id },
  campaign_id: { ...SEND_FIELDS.campaign_id, value: ({ message }) => message.campaign_id },
  variant_id: { ...SEND_FIELDS.variant_id, value: ({ message }) => message.variant_id },
  domain: { ...SEND_FIELDS.domain, value: ({ message }) => message.domain },
  country: {
    type: 'LowCardinality(String)',
    personal: 'none',
    meaning: "Country of the contact, ISO 3166, from the message's field country; empty without one",
    value: ({ message }) => message.country,
  },
  link_keys: {
    ...SEND_FIELDS.link_keys,
    value: ({ message }) => message.links.map(({ link_key }) => link_key),
  },
  link_ids: { ...SEND_FIELDS.link_ids, value: ({ message }) => message.links.map(({ link_id }) => link_id) },
  offer_ids: {
    ...SEND_FIELDS.offer_ids,
    value: ({ message }) => message.links.map(({ offer_id }) => offer_id),
  },
  state: {
    ...EVENT_FIELDS.state,
    meaning: 'What holds: its state (cancelled, failed, sent, delivered or undelivered), or opted_out',
    value: ({ holds }) => holds.state,
  },
  at: { ...EVENT_FIELDS.at, value: ({ holds }) => holds.at_ms },
  code: { ...EVENT_FIELDS.code, value: ({ holds }) => holds.code },
  sign: {
    type: 'Int8',
    personal: 'none',
    meaning: '1: the line was booked. -1: it was reversed, because another event holds',
    value: ({ sign }) => sign,
  },
  batch: { ...EVENT_FIELDS.batch, value: ({ batch }) => batch },
  inserted_at: EVENT_FIELDS.inserted_at,
  expires_at: {
    ...EVENT_FIELDS.expires_at,
    meaning: 'When the row is deleted: long after the last event that could still change what holds',
    value: ({ message }) => message.expires_at_s,
  },
});
