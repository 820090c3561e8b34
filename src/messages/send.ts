/**
 * A send: one message handed to the sender's developer, with its links. Written to the log in the same
 * step that creates the message's record (see messages/), so it is there once for every message.
 */

/** Name of the log; its streams are `sends:{p0}` … */
export const SENDS_LOG = 'sends';

export interface Send {
  message_id: string;
  account_id: string;
  contact_id: string;
  creative_id: string;
  campaign_id: string;
  variant_id: string;
  sent_at_ms: number;
  logged_at_ms: number;
  links: { link_key: string; link_id: string; offer_id: string }[];
  /** What the sender gave for the text and the destination. */
  fields: Record<string, string>;
  /** When its links end, in ms; 0: never. */
  link_expires_at_ms: number;
}

/** One row of the log, without a line break. */
export function encodeSend(send: Send): string {
  return JSON.stringify([
    send.message_id,
    send.account_id,
    send.contact_id,
    send.creative_id,
    send.campaign_id,
    send.variant_id,
    send.sent_at_ms,
    send.logged_at_ms,
    send.links.map((link) => [link.link_key, link.link_id, link.offer_id]),
    Object.keys(send.fields).length === 0 ? 0 : send.fields,
    send.link_expires_at_ms,
  ]);
}

/** The reverse. Throws on text that encodeSend did not write. */
export function decodeSend(row: string): Send {
  const parts = JSON.parse(row) as [
    string,
    string,
    string,
    string,
    string,
    string,
    number,
    number,
    unknown,
    unknown,
    unknown,
  ];
  const links = parts[8];
  const fields = parts[9] === 0 ? {} : parts[9];
  const link_expires_at_ms = parts[10];
  if (
    !Array.isArray(links) ||
    !parts.slice(0, 6).every((part) => typeof part === 'string') ||
    !parts.slice(6, 8).every((part) => Number.isInteger(part)) ||
    !links.every(
      (link) => Array.isArray(link) && link.length === 3 && link.every((part) => typeof part === 'string'),
    ) ||
    typeof fields !== 'object' ||
    fields === null ||
    Array.isArray(fields) ||
    Object.values(fields).some((value) => typeof value !== 'string') ||
    !Number.isInteger(link_expires_at_ms)
  ) {
    throw new Error('malformed send row');
  }
  return {
    message_id: parts[0],
    account_id: parts[1],
    contact_id: parts[2],
    creative_id: parts[3],
    campaign_id: parts[4],
    variant_id: parts[5],
    sent_at_ms: parts[6],
    logged_at_ms: parts[7],
    links: (links as [string, string, string][]).map(([link_key, link_id, offer_id]) => ({
      link_key,
      link_id,
      offer_id,
    })),
    fields: fields as Record<string, string>,
    link_expires_at_ms: link_expires_at_ms as number,
  };
}
