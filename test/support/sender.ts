/** A sender's developer: makes an account with what it sends, and calls the API. */
import type { BodyOf, Method } from './api-types.ts';
import type { System } from './system.ts';

export interface CreatedMessage {
  message_id: string;
  text: string;
  links: { key: string; link_id: string; short_url: string; offer_id: string }[];
}

export interface Sender {
  account_id: string;
  api_key: string;
  /** Calls the API with the account's key; returns status and parsed body. */
  call<M extends Method, Path extends string>(
    method: M,
    path: Path,
    body?: unknown,
  ): Promise<{ status: number; body: BodyOf<M, Path> }>;
  /** Creates messages through one NDJSON request, answers in order. */
  send(messages: object[]): Promise<CreatedMessage[]>;
  /** The same account, with another system that has it. */
  at(other: System): Sender;
}

export async function callApi<M extends Method, Path extends string>(
  system: System,
  key: string,
  method: M,
  path: Path,
  body?: unknown,
): Promise<{ status: number; body: BodyOf<M, Path> }> {
  const response = await fetch(`${system.api_url}${path}`, {
    method,
    headers: { 'x-api-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
}

/** Its conversions need no secret unless `settings` say so: most tests report as a network does that was set up before. */
export async function createSender(system: System, settings: object = {}): Promise<Sender> {
  const { body } = await callApi(system, system.admin_key, 'POST', '/v2/accounts', {
    name: 'Test sender',
    conversion_secret_required: 'never',
    ...settings,
  });
  const { account_id, api_key } = body;
  return senderAt(system, account_id, api_key);
}

/** The sender of an account that is there already. */
export function senderAt(system: System, account_id: string, api_key: string): Sender {
  return {
    account_id,
    api_key,
    call: (method, path, json) => callApi(system, api_key, method, path, json),
    async send(messages) {
      const response = await fetch(`${system.api_url}/v2/messages`, {
        method: 'POST',
        headers: { 'x-api-key': api_key, 'content-type': 'application/x-ndjson' },
        body: messages.map((message) => `${JSON.stringify(message)}\n`).join(''),
      });
      const lines = (await response.text()).trimEnd().split('\n');
      const failed = lines.find((line) => line.includes('"error"'));
      if (failed !== undefined) throw new Error(`a message was refused: ${failed}`);
      return lines.map((line) => JSON.parse(line) as CreatedMessage);
    },
    at: (other) => senderAt(other, account_id, api_key),
  };
}

export interface Campaign {
  campaign_id: string;
  offer_ids: [string, string];
  creative_ids: [string, string];
}

/** Two offers, two creatives with two links each, and a campaign that splits between them. */
export async function createCampaign(sender: Sender, name: string): Promise<Campaign> {
  const offer = async (n: number): Promise<string> => {
    const answer = await sender.call('POST', '/v2/offers', {
      name: `${name} offer ${n}`,
      destination_url: `https://shop${n}.example/?click={{click_id}}&contact={{contact_id}}`,
    });
    return created(answer).offer_id;
  };
  const offer_ids: [string, string] = [await offer(1), await offer(2)];
  const creative = async (n: number): Promise<string> => {
    const answer = await sender.call('POST', '/v2/creatives', {
      name: `${name} creative ${n}`,
      body: `${n}: Hi {{first_name}}, {{link1}} or {{link2}}`,
      offer_links: offer_ids.map((offer_id, i) => ({ key: `link${i + 1}`, offer_id })),
    });
    return created(answer).creative_id;
  };
  const creative_ids: [string, string] = [await creative(1), await creative(2)];
  const answer = await sender.call('POST', '/v2/campaigns', {
    name,
    variants: creative_ids.map((creative_id, i) => ({ variant_id: 'AB'[i], creative_id, percent: 50 })),
  });
  return { campaign_id: created(answer).campaign_id, offer_ids, creative_ids };
}

/** Ids of the links of so many messages, each to a contact of its own, by a new sender. */
export async function createLinks(system: System, name: string, messages: number): Promise<string[]> {
  const sender = await createSender(system);
  const { creative_ids } = await createCampaign(sender, name);
  const sent = await sender.send(
    Array.from({ length: messages }, (_, i) => ({
      contact_id: `contact-${i}`,
      creative_id: creative_ids[0],
      fields: { first_name: 'Kim' },
    })),
  );
  return sent.flatMap(({ links }) => links.map(({ link_id }) => link_id));
}

/** The body of an answer that says that something was made. */
export function created<T>({ status, body }: { status: number; body: T }): T {
  if (status !== 201) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return body;
}
