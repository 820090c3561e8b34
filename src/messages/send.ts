/**
 * A send: one message handed to the sender's developer, with its links. It is logged in the same step that creates
 * the message's record (see message-store.ts), so each message has exactly one send. Decoding throws on a row that
 * does not match LOGGED_SEND; the reader sets that row aside as a dead letter.
 */
import { listReader } from '../platform/row-shape.ts';
import { LOGGED_SEND, type Send } from './send-fields.ts';

export type { Send } from './send-fields.ts';

/** Name of the log; its streams are `sends:{p0}` … */
export const SENDS_LOG = 'sends';

const NAMES = Object.keys(LOGGED_SEND) as (keyof Send)[];

/** One row of the log, without a line break, in the order of LOGGED_SEND. */
export function encodeSend(send: Send): string {
  return JSON.stringify(
    NAMES.map((name) => {
      if (name === 'links') return send.links.map((link) => [link.link_key, link.link_id, link.offer_id]);
      if (name === 'fields') return Object.keys(send.fields).length === 0 ? 0 : send.fields;
      if (name === 'is_test') return send.is_test ? 1 : 0;
      return send[name];
    }),
  );
}

const readSend = listReader('send', LOGGED_SEND);

/** Decodes what encodeSend wrote. Throws on any other text and names the invalid field. */
export function decodeSend(row: string): Send {
  return readSend(JSON.parse(row));
}
