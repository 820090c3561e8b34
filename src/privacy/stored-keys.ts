/**
 * What every family of keys in Redis holds of a person, and for how long. The record of processing shows it; a test
 * compares it with the keys that the source names and with those of a running system, so that a new family is added
 * here with its first key. Pure.
 */
import type { Personal } from '../clickhouse/columns.ts';

export interface KeyFamily {
  /** How its keys begin, up to the first id. */
  name: string;
  keys: RegExp;
  holds: string;
  personal: readonly Exclude<Personal, 'none'>[];
  kept: string;
}

const WHILE_OPEN = 'until its batch is in ClickHouse: a second or two while everything runs';
const EXISTS = 'as long as the thing exists';
const LINK_DAYS =
  '`LINK_DAYS`, at most 400 days, and up to a day more; a link that came back from ClickHouse a week';

export const KEY_FAMILIES: readonly KeyFamily[] = [
  {
    name: 'clicks:{p}',
    keys: /^clicks:\{p\d+\}$/,
    holds: 'the log of clicks: rows with the full address, as the browser sent them',
    personal: ['id', 'address', 'agent', 'content'],
    kept: WHILE_OPEN,
  },
  {
    name: 'sends:{p}, conversions:{p}, records:{p}',
    keys: /^(?:sends|conversions|records):\{p\d+\}$/,
    holds: 'the logs of messages, conversions and changed records',
    personal: ['id', 'content'],
    kept: WHILE_OPEN,
  },
  {
    name: 'events:{p}',
    keys: /^events:\{p\d+\}$/,
    holds:
      'the log of message events: a message, a state, a time and the provider’s code; nothing of recipients',
    personal: [],
    kept: WHILE_OPEN,
  },
  {
    name: 'audit:{p}, audit:pending:{p}',
    keys: /^audit:(?:pending:)?\{p\d+\}$/,
    holds: 'the log of changes, and the changes that are being made; nothing of recipients',
    personal: [],
    kept: WHILE_OPEN,
  },
  {
    name: '<log>:decision',
    keys: /^[a-z]+:decision:\{p\d+\}$/,
    holds: 'what was decided about the open batch; of a rejudgement, claims that name contacts',
    personal: ['id'],
    kept: WHILE_OPEN,
  },
  {
    name: '<log>:open, bytes, paused, counts, producer',
    keys: /^[a-z]+:(?:open|bytes|paused|counts|producer):\{p\d+\}/,
    holds: 'the state of the logs: numbers',
    personal: [],
    kept: 'as long as the log is in use',
  },
  {
    name: 'layouts',
    keys: /^layouts$/,
    holds: 'how the logs are divided into partitions: numbers',
    personal: [],
    kept: EXISTS,
  },
  {
    name: 'early_events:{p}',
    keys: /^early_events:\{p\d+\}$/,
    holds: 'messages of which an event came before they were created: their ids',
    personal: [],
    kept: 'until the message is created, at most 30 days',
  },
  {
    name: 'choices:<bucket>:<campaign>',
    keys: /^choices:\d+/,
    holds:
      'which variant a contact was given, under 48 bits of a keyed fingerprint, from which nobody finds the contact',
    personal: [],
    kept: '90 days after the campaign last chose for a contact of the same bucket',
  },
  {
    name: 'spools',
    keys: /^spools$/,
    holds: 'how many clicks wait in the spool of each redirect process, and on which machine',
    personal: [],
    kept: '100 days after its clicks are in the log',
  },
  {
    name: 'dead_letters:{p}',
    keys: /^dead_letters:\{p\d+\}$/,
    holds: 'rows that could not be processed, as they were on their log',
    personal: ['id', 'address', 'agent', 'content'],
    kept: 'until an operator replays or discards them',
  },
  {
    name: '{queue}:',
    keys: /^\{queue\}:/,
    holds: 'the queues: of batches, ranges of the logs, no rows; of scheduled reports, which is due when',
    personal: [],
    kept: WHILE_OPEN,
  },
  {
    name: 'first:{p}',
    keys: /^first:\{p\d+\}:/,
    holds: 'claims of first clicks, by a hash of account and message, or visitor',
    personal: [],
    kept: '408 days, or 8 days longer than the account’s sends',
  },
  {
    name: 'cap:',
    keys: /^cap:\{/,
    holds:
      'what counts below the caps of an offer: hashes of account, message and offer, click ids of links without a contact, ids of conversions with their payout; nothing of recipients',
    personal: [],
    kept: '2 days after an hour, 9 after a day, 40 after a month was counted last',
  },
  {
    name: 'waiting:{p}',
    keys: /^waiting:\{p\d+\}:/,
    holds: 'conversions that wait for a click or a message of a contact',
    personal: ['id'],
    kept: 'until the click or message comes, at most 400 days',
  },
  {
    name: 'seen:{p}',
    keys: /^seen:\{p\d+\}:/,
    holds: 'which conversions were reported of a transaction, by hashes',
    personal: [],
    kept: '400 days',
  },
  {
    name: 'opened:{a}',
    keys: /^opened:\{a\d+\}:/,
    holds: 'what an address opened, as hashes, under the address',
    personal: ['address'],
    kept: 'two minutes after its last click',
  },
  {
    name: 'visitor_salt:',
    keys: /^visitor_salt:\d+$/,
    holds: 'the random salt under which a day’s visitors are hashed',
    personal: [],
    kept: 'two days',
  },
  {
    name: 'links:, link:, placement:',
    keys: /^(?:links:\{|(?:link|placement):)/,
    holds: 'links, with the contact and the fields of their message',
    personal: ['id', 'content'],
    kept: LINK_DAYS,
  },
  {
    name: 'message:',
    keys: /^message:/,
    holds: 'messages: their links, and the contact',
    personal: ['id', 'content'],
    kept: LINK_DAYS,
  },
  {
    name: 'optouts_waiting:{p}',
    keys: /^optouts_waiting:\{p\d+\}$/,
    holds: 'opt-outs of messages that do not exist yet: message, time and source; nothing of recipients',
    personal: [],
    kept: 'until the message is created, at most 90 days',
  },
  {
    name: 'opted_out:{p}',
    keys: /^opted_out:\{p\d+\}:/,
    holds: 'that the opt-out link of a message was used; nothing of recipients',
    personal: [],
    kept: '`LINK_DAYS` after it was used first',
  },
  {
    name: 'optout:, optouts:',
    keys: /^optouts?:\{/,
    holds:
      'who opted out, or in again, under a keyed fingerprint of the contact, with its id until it is erased, the message and the time',
    personal: ['id'],
    kept: 'kept, because an opt-out holds until the contact opts in again; after an erasure with a pseudonym in place of the id',
  },
  {
    name: 'account:, accounts, api_key:, api_keys:, api_keys_used:, admin_key:, receipt_secret:, takedown:, takedowns',
    keys: /^(?:account|api_keys?|api_keys_used|admin_key|receipt_secret|takedown):|^(?:accounts|takedowns)$/,
    holds:
      'accounts, the hashes of their keys and when these were used, sealed secrets of providers, take-downs; nothing of recipients',
    personal: [],
    kept: EXISTS,
  },
  {
    name: 'members:, memberships:, sign_ins:, person:',
    keys: /^(?:members|memberships|sign_ins|person):/,
    holds:
      'members of accounts by email address, when they signed in last, hashes of passwords, sealed second factors; nothing of recipients',
    personal: ['content'],
    kept: EXISTS,
  },
  {
    name: 'session_token:, sessions_of:, totp_offer:',
    keys: /^(?:session_token|sessions_of|totp_offer):/,
    holds: 'sessions of members, each with address and browser; nothing of recipients',
    personal: ['address', 'agent', 'content'],
    kept: 'a day after its last use, at most 30 days',
  },
  {
    name: 'sign_in_tries:',
    keys: /^sign_in_tries:/,
    holds: 'how many wrong tries to sign in there were, by hashes of address and email address',
    personal: ['address'],
    kept: 'an hour',
  },
  {
    name: 'requests:',
    keys: /^requests:/,
    holds: 'how many requests of the API each account and key made, and how many of an account were refused',
    personal: [],
    kept: 'a minute; what was refused 25 hours',
  },
  {
    name: 'guesses:',
    keys: /^guesses:/,
    holds: 'how many unknown links an address or network asked for',
    personal: ['address'],
    kept: 'ten minutes',
  },
  {
    name: 'offer:, creative:, campaign:, audience:, their lists, offer_owner:, offer_tail:, coupon:, external_id:',
    keys: /^(?:offer|creative|campaign|audience)s?:|^(?:offer_owner|offer_tail|coupon|external_id):/,
    holds: 'what an account defines; audiences are definitions, not contacts',
    personal: [],
    kept: EXISTS,
  },
  {
    name: 'annotation:, annotations:',
    keys: /^annotations?:/,
    holds: 'sentences at a time that charts show, as members wrote them; nothing of recipients',
    personal: [],
    kept: EXISTS,
  },
  {
    name: 'view:, views:, shared_view:, share_reads:',
    keys: /^(?:views?|shared_view|share_reads):/,
    holds:
      'saved views with their filters, hashes and sealed tokens of shared addresses, hashes of their passwords, how often they were read; nothing of recipients',
    personal: [],
    kept: EXISTS,
  },
  {
    name: 'schedule:, schedules:, schedules_due, schedule_last:, schedule_run:, schedule_sent:, mails_asked:',
    keys: /^(?:schedules?|schedule_last|schedule_run|schedule_sent|mails_asked):|^schedules_due$/,
    holds:
      'scheduled reports with the email addresses of their readers, and of those who have ended them, sealed addresses of webhooks, what became of the last run; nothing of recipients of messages',
    personal: ['content'],
    kept: 'as long as the thing exists; to whom a run was sent a week, how many were asked to confirm two days',
  },
  {
    name: 'export:, exports:, exports_due, exports_late_at, export_lock:',
    keys: /^(?:exports?|export_lock):|^exports_(?:due|late_at)$/,
    holds:
      'exports: what is asked for, how far each is and when it is late, the sealed keys of its bucket; nothing of recipients',
    personal: [],
    kept: EXISTS,
  },
  {
    name: 'webhook:, webhooks:, webhooks_all, webhook_replays:, webhook_progress:, webhook_lock:, webhook_numbering:',
    keys: /^webhooks?:|^webhooks_all$|^webhook_(?:replays|progress|lock|numbering):/,
    holds:
      'webhooks and postbacks: sealed addresses, secrets and headers, what they ask for, by whom they were made; deliveries that were asked for again, by their ids, and how far each is delivered; nothing of recipients',
    personal: [],
    kept: 'as long as the thing exists; what was asked for again until it is sent',
  },
  {
    name: 'domain:, domains:, domains_due, host:, certificate:, acme_…:',
    keys: /^(?:domains?|host):|^domains_due$|^certificates?(?:_[a-z]+)?(?::|$)|^acme_[a-z]+:/,
    holds: 'tracking domains and their certificates',
    personal: [],
    kept: EXISTS,
  },
  {
    name: 'refused:',
    keys: /^refused:/,
    holds: 'how many reports of conversions were refused, by day and reason',
    personal: [],
    kept: '35 days',
  },
  {
    name: 'reports:, reports_unproven:',
    keys: /^reports(?:_unproven)?:/,
    holds:
      'the newest reports of conversions of each offer as networks and shops sent them, without secrets, with the address as `ip_storage` says; the contact as a keyed fingerprint',
    personal: ['id', 'address', 'content'],
    kept: '30 days; at most the newest 1,200 of an offer',
  },
  {
    name: 'report_replay:',
    keys: /^report_replay:/,
    holds: 'which conversion the replay of a report became',
    personal: [],
    kept: '31 days',
  },
  {
    name: 'upload:, uploads:, upload_writer:, uploads_undoing, idempotency:',
    keys: /^(?:upload|uploads|upload_writer|idempotency):|^uploads_undoing(?::worker)?$/,
    holds:
      'uploads of conversions: who uploaded which file when, and counts; hashes of idempotency keys and bodies; nothing of recipients',
    personal: ['content'],
    kept: 'the newest 1,000 uploads of an account; a key 7 days',
  },
  {
    name: 'import:, imports:, import_writer:, import_blocks:, imports_open',
    keys: /^(?:import|imports|import_writer|import_blocks):|^imports_open(?::worker)?$/,
    holds:
      'imports of history: who imported which file when, counts, and what is wrong with its first bad lines, without their values; hashes of blocks',
    personal: ['content'],
    kept: 'the newest 1,000 imports of an account, and older ones that were not undone; hashes 6 days',
  },
  {
    name: 'turn:',
    keys: /^turn:/,
    holds: 'which worker does what comes back, such as erasures and scheduled reports; nothing of recipients',
    personal: [],
    kept: 'as long as that worker lives, and its interval and 10 s more',
  },
  {
    name: 'alias:',
    keys: /^alias:/,
    holds: 'for each old code of an imported link, the link that opens; nothing of recipients',
    personal: [],
    kept: EXISTS,
  },
  {
    name: 'reconciliation:, reconciliations:, disputes:',
    keys: /^(?:reconciliations?|disputes):/,
    holds:
      'comparisons with networks’ exports, and their differences by the transaction ids of the networks, with notes of the account; nothing of recipients',
    personal: ['content'],
    kept: 'the newest 200 comparisons and 10,000 differences of an account',
  },
  {
    name: 'rejudgement:, rejudgements:',
    keys: /^rejudgements?:/,
    holds: 'rejudgements and their progress',
    personal: [],
    kept: 'the newest 1,000 of an account',
  },
  {
    name: 'rebooking:, rebookings:',
    keys: /^rebookings?:/,
    holds: 'ranges of conversions that were booked anew, and their progress',
    personal: [],
    kept: 'the newest 200 of an offer',
  },
  {
    name: 'erasure:, erasures:',
    keys: /^erasures?:/,
    holds: 'erasures and their progress; while they are open, the ids of the contacts',
    personal: ['id'],
    kept: 'the ids until the erasure is done; the rest 400 days',
  },
  {
    name: 'removal:, removals',
    keys: /^removal:|^removals(?::worker)?$/,
    holds:
      'accounts that are being removed, how far that is, and email addresses of their members; nothing of recipients',
    personal: ['content'],
    kept: 'until the account is removed',
  },
  {
    name: 'erased:',
    keys: /^erased:/,
    holds: 'pseudonyms of erased contacts, by a keyed fingerprint of the id, for rows that arrive late',
    personal: ['id'],
    kept: '31 days',
  },
  {
    name: 'backup:last, backup:running',
    keys: /^backup:/,
    holds: 'what the last backup did, and that one is being made',
    personal: [],
    kept: 'until the next backup; the mark of a running one a minute after its end',
  },
  {
    name: 'contact_key, installation_key, records:complete, changes, processes:',
    keys: /^(?:contact_key|installation_key|records:complete(?::\{\d+\})?|changes)$|^processes:(?:present|notes)$/,
    holds:
      'the installation’s keys, announcements of changed keys, and which processes run; a changed link is announced by its id',
    personal: [],
    kept: 'as long as they are used',
  },
];
