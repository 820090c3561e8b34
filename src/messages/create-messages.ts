/**
 * Creates messages: checks each, mints its links, writes its record and logs its send, and renders its text. Each
 * succeeds or fails by itself. For a message that exists already, its existing links are returned. Every step may be
 * repeated after a failure; at most unused links remain.
 */
import type { Account } from '../catalog/definitions.ts';
import type { Warning } from '../catalog/warnings.ts';
import { noteLinkMade } from '../domains/note-link-made.ts';
import { mintLinks, removeLinks } from '../links/link-store.ts';
import { LogFullError } from '../log/refusal.ts';
import type { RedisClient } from '../platform/redis.ts';
import { sleep } from '../platform/sleep.ts';
import { type ChoosingContext, fillChoices } from './choose-for-messages.ts';
import { MessageError, type MessageInput } from './message.ts';
import {
  builtInValues,
  checkReferences,
  chooseDomain,
  linksOf,
  readReferences,
  type SentCreative,
} from './message-references.ts';
import { getMessages, type MessageRecord, recordOf, recordSends } from './message-store.ts';
import { MessageWarnings, repeatWarnings } from './message-warnings.ts';
import { renderMessage } from './render-message.ts';
import type { Send } from './send.ts';
import { linkHost, shortUrl } from './short-url.ts';

const RECORD_TRIES_MAX = 20;
const RECORD_RETRY_MS = 250;

export interface CreatedMessage {
  message_id: string;
  text: string;
  links: { key: string; link_id: string; short_url: string; offer_id: string }[];
  /** Set where it is a test. */
  is_test?: true;
  /** Where the campaign chose. */
  variant?: { variant_id: string; creative_id: string };
  /** What is probably a mistake; empty where nothing is. */
  warnings: readonly Warning[];
}

export interface MessageContext extends ChoosingContext {
  redis: RedisClient;
  account: Account;
  /** Host (and port) of short links on the installation's own domain. */
  default_domain: string;
  /** How long links and messages stay in Redis, in seconds. */
  link_keep_s: number;
  /** Bytes of payload that the log of sends may hold. */
  log_bytes_max: number;
  /** Whether a message with warnings is refused. */
  strict: boolean;
  /** Those of the contacts who opted out. */
  optedOut(contact_ids: readonly string[]): Promise<ReadonlySet<string>>;
}

interface Draft {
  index: number;
  input: MessageInput;
  sent: SentCreative;
  /** Tracking domain of its links; '' for the installation's own. */
  domain: string;
  warnings: readonly Warning[];
  record?: MessageRecord;
  /** Whether the record was there before this call. */
  repeated?: boolean;
}

/** One result per input, in order. `asked` are parsed messages, or the errors that parsing gave. */
export async function createMessages(
  context: MessageContext,
  asked: readonly (MessageInput | MessageError)[],
): Promise<(CreatedMessage | MessageError)[]> {
  const inputs = await fillChoices(context, asked);
  const answers: (CreatedMessage | MessageError)[] = [];
  const parsed = inputs.filter((input): input is MessageInput => !(input instanceof MessageError));
  const references = await readReferences(context.redis, context.account.account_id, parsed);
  const warnings = new MessageWarnings(references, context.account, context.default_domain);
  const drafts: Draft[] = [];
  const repeats: Draft[] = [];
  const ids = new Set<string>();
  for (const [index, input] of inputs.entries()) {
    if (input instanceof MessageError) {
      answers[index] = input;
      continue;
    }
    try {
      const sent = checkReferences(references, input);
      const domain = chooseDomain(references, input, context.account);
      const draft = { index, input, sent, domain, warnings: warnings.of(input, sent, domain) };
      if (context.strict) refuseWarned(draft.warnings);
      // If a message occurs twice in one call, the second one reads what the first one wrote.
      (ids.has(input.message_id) ? repeats : drafts).push(draft);
      ids.add(input.message_id);
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      answers[index] = error;
    }
  }
  await findRecords(
    context,
    drafts.filter(({ input }) => input.id_given),
  );
  await createRecords(
    context,
    await refuseOptedOut(
      context,
      drafts.filter((draft) => draft.record === undefined),
    ),
  );
  await findRecords(context, repeats);
  for (const draft of [...drafts, ...repeats]) answers[draft.index] = answer(context, draft);
  return answers;
}

/** Those that are to be created. A message that exists already was sent: it is answered as it is. */
async function refuseOptedOut(context: MessageContext, drafts: Draft[]): Promise<Draft[]> {
  if (!context.account.refuse_opted_out) return drafts;
  const opted_out = await context.optedOut(drafts.map(({ input }) => input.contact_id));
  if (opted_out.size === 0) return drafts;
  return drafts.filter(({ input }) => !opted_out.has(input.contact_id));
}

async function findRecords(context: MessageContext, drafts: Draft[]): Promise<void> {
  const records = await getMessages(
    context.redis,
    context.account.account_id,
    drafts.map((draft) => draft.input.message_id),
  );
  for (const [i, draft] of drafts.entries()) {
    if (records[i] === undefined) continue;
    draft.record = records[i];
    draft.repeated = true;
  }
}

async function createRecords(context: MessageContext, drafts: Draft[]): Promise<void> {
  if (drafts.length === 0) return;
  const { account_id } = context.account;
  const logged_at_ms = Date.now();
  for (const domain of new Set(drafts.map((draft) => draft.domain))) {
    await noteLinkMade(context.redis, account_id, domain);
  }
  const wanted = drafts.flatMap(({ input, sent, domain }) =>
    linksOf(sent).map(({ key, offer_id }) => ({
      account_id,
      message_id: input.message_id,
      contact_id: input.contact_id,
      offer_id,
      creative_id: input.creative_id,
      campaign_id: input.campaign_id,
      variant_id: input.variant_id,
      link_key: key,
      domain,
      sent_at_ms: input.sent_at_ms,
      url: '',
      fields: input.fields,
      expires_at_ms: input.expires_at_ms,
      disabled: false,
      ...(input.is_test && { is_test: true }),
    })),
  );
  const link_ids = await mintLinks(context.redis, wanted, context.link_keep_s);
  let next = 0;
  const sends = drafts.map(({ input, sent, domain }): Send => {
    const { message_id, contact_id, creative_id, campaign_id, variant_id, sent_at_ms, fields } = input;
    return {
      message_id,
      account_id,
      contact_id,
      creative_id,
      campaign_id,
      variant_id,
      variant_probability: input.variant_probability,
      domain,
      sent_at_ms,
      logged_at_ms,
      links: linksOf(sent).map(({ key, offer_id }) => ({
        link_key: key,
        link_id: link_ids[next++] ?? '',
        offer_id,
      })),
      fields,
      link_expires_at_ms: input.expires_at_ms,
      is_test: input.is_test,
    };
  });
  const others = await untilRecorded(context, sends);
  const orphans: string[] = [];
  for (const [i, draft] of drafts.entries()) {
    const own = recordOf(sends[i] as Send);
    const other = others[i];
    draft.record = other ?? own;
    // The ids are ours: an earlier try of this call wrote the record, and its reply was lost.
    if (other !== undefined && other.links[0]?.[1] !== own.links[0]?.[1]) {
      draft.repeated = true;
      orphans.push(...own.links.map(([, link_id]) => link_id));
    }
  }
  await removeLinks(context.redis, orphans);
}

/**
 * Retries after a lost reply, which may have logged the sends: the existing record then shows it. So a restart of
 * Redis costs the sender a pause and leaves no message in doubt.
 */
async function untilRecorded(
  context: MessageContext,
  sends: readonly Send[],
): Promise<(MessageRecord | undefined)[]> {
  for (let tries = 1; ; tries++) {
    try {
      return await recordSends(context.redis, sends, context.link_keep_s, context.log_bytes_max);
    } catch (error) {
      if (error instanceof LogFullError || tries === RECORD_TRIES_MAX) throw error;
      await sleep(RECORD_RETRY_MS);
    }
  }
}

function answer(context: MessageContext, draft: Draft): CreatedMessage | MessageError {
  const { input, sent, record } = draft;
  if (record === undefined) {
    return new MessageError(
      'opted_out',
      'the contact has opted out: send it nothing, or take it off the list with DELETE /v2/optouts/:contact_id',
    );
  }
  if (record.contact_id !== input.contact_id || record.creative_id !== input.creative_id) {
    return new MessageError(
      'message_conflict',
      `message ${input.message_id} exists with another contact or creative: give a new message_id`,
    );
  }
  const { is_test = false } = record;
  if (is_test !== input.is_test) {
    return new MessageError(
      'message_conflict',
      `message ${input.message_id} exists and is ${is_test ? 'a test' : 'no test'}: give a new message_id`,
    );
  }
  const repeats = draft.repeated === true ? repeatWarnings(input, record, sent) : [];
  if (context.strict && repeats.length > 0) return warned(repeats);
  const links = record.links.map(([key, link_id, offer_id]) => ({
    key,
    link_id,
    short_url: shortUrl(linkHost(record.domain ?? '', context.default_domain), link_id),
    offer_id,
  }));
  const { message_id } = input;
  const { contact_id, campaign_id, variant_id } = record;
  // What is stored: a repeat may say something else.
  const values: Record<string, string | undefined> = {
    ...builtInValues({ contact_id, message_id, campaign_id, variant_id }),
    ...record.fields,
  };
  for (const link of links) values[link.key] = link.short_url;
  const warnings = repeats.length === 0 ? draft.warnings : [...draft.warnings, ...repeats];
  const variant = input.chosen ? { variant_id, creative_id: record.creative_id } : undefined;
  const text = renderMessage(sent.body, values);
  return {
    ...{ message_id, text, links, warnings },
    ...(is_test && { is_test }),
    ...(variant && { variant }),
  };
}

/** Throws MessageError where there is a warning. */
function refuseWarned(warnings: readonly Warning[]): void {
  if (warnings.length > 0) throw warned(warnings);
}

const warned = (warnings: readonly Warning[]): MessageError =>
  new MessageError('warned', warnings[0]?.message ?? '', warnings);

/** The error of each message when the call for the whole group failed. */
export function wholeError(error: unknown): MessageError {
  const why = error instanceof LogFullError ? 'the log of sends is full' : 'the message could not be stored';
  return new MessageError('unavailable', `${why}: try again with the same message_id`);
}
