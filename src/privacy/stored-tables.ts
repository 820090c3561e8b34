/**
 * Why each table is kept, for how long, and where its rows come from: what the columns' own marks (personal-columns.ts)
 * do not say. The record of processing is made of both; a test holds that no table of the schema is missing. Pure.
 */
import { TEST_DAYS_MAX } from '../clickhouse/test-rows.ts';

export interface StoredTable {
  purpose: string;
  /** Who gives the data. */
  source: string;
  kept: string;
}

const FROM_ROWS = 'the raw rows, as they are inserted';
const TEST_KEPT = `${TEST_DAYS_MAX} days, or the account’s days for the same of other messages where these are fewer`;
const STAGED_FOR = 'to bring the history of another product into the reports';
const HISTORY = 'the account’s file';
const STAGED_KEPT = 'until the import is applied or undone, at most 7 days';
const COUNTS = 'kept: it counts and names nobody';

export const STORED_TABLES: Readonly<Record<string, StoredTable>> = {
  clicks: {
    purpose:
      'to count clicks, to tell people from bots (again, when the rules change), to credit conversions, and to explain each of these decisions',
    source: 'the browser that opened a link; the sender, for the ids and the country of the contact',
    kept: 'the account’s `click_retention_days` after the click',
  },
  refused_taps: {
    purpose:
      'to tell why a link did not open for somebody, and to warn of offers that are tapped while they are paused',
    source: 'the browser that opened a link; the sender, for the ids of the contact',
    kept: 'the account’s `click_retention_days` after the tap',
  },
  verdicts: {
    purpose: 'to keep the history of verdicts that changed',
    source: 'the clicks, and the rules',
    kept: 'as long as its click',
  },
  sends: {
    purpose:
      'to count messages, to open their links after they have left Redis, and to tell the story of a message',
    source: 'the sender, through the API',
    kept: 'the account’s `send_retention_days` after the message was created',
  },
  message_events: {
    purpose: 'to tell what became of a message: sent, delivered, failed; it names a message and no contact',
    source: 'the sender, or the provider that it sends with',
    kept: 'the account’s `send_retention_days` after the event was received',
  },
  deliveries: {
    purpose: 'to count what became of messages, each by its state; it names a message and no contact',
    source: 'the events of messages, and the messages themselves',
    kept: '408 days after the message was created, or 8 days longer than the account’s `send_retention_days`',
  },
  test_sends: {
    purpose: 'to show the sender’s developers what became of a message that they made as a test',
    source: 'the sender, through the API',
    kept: TEST_KEPT,
  },
  test_clicks: {
    purpose: 'to show what became of a tap on a link of a test',
    source: 'the browser that opened a link; the sender, for the ids and the country of the contact',
    kept: TEST_KEPT,
  },
  test_refused_taps: {
    purpose: 'to tell why a link of a test did not open',
    source: 'the browser that opened a link; the sender, for the ids of the contact',
    kept: TEST_KEPT,
  },
  audit: {
    purpose: 'to tell who changed what; the addresses and names in it are those of the account’s own people',
    source: 'the account’s keys and members, and the operator',
    kept: 'the account’s `audit_retention_days` after the change',
  },
  conversions: {
    purpose: 'to pay and to account for what was earned: every amount is booked once, and reversed once',
    source: 'the advertiser’s report; the click or message that it is credited to',
    kept: 'kept, because a transaction counts once for ever; erasing a contact puts a pseudonym in its place',
  },
  records: {
    purpose: 'to open links that have left Redis, to heed opt-outs, and to rebuild Redis where it was lost',
    source: 'the sender, through the API',
    kept: 'a link: as long as its message’s row (one that was changed: `send_retention_days` after the change); an opt-out: kept, without the contact’s id once that is erased; settings of accounts, offers and so on: as long as they exist',
  },
  catalog: {
    purpose: 'to name the offers, creatives and campaigns of the reports',
    source: 'the account',
    kept: 'as long as the account exists',
  },
  networks: {
    purpose: 'to name the networks of the reports',
    source: 'the database of networks that comes with the program',
    kept: COUNTS,
  },
  rejudgements: { purpose: 'to say which rules a report shows', source: 'the account', kept: COUNTS },
  rollup_quarter_hours: { purpose: 'to answer reports', source: FROM_ROWS, kept: COUNTS },
  rollup_links: { purpose: 'to answer reports of links and messages', source: FROM_ROWS, kept: COUNTS },
  rollup_variants: { purpose: 'to answer reports of A/B tests', source: FROM_ROWS, kept: COUNTS },
  rollup_networks: { purpose: 'to answer reports of networks', source: FROM_ROWS, kept: COUNTS },
  rollup_breakdowns: {
    purpose: 'to answer what people tap with, from where and when',
    source: FROM_ROWS,
    kept: COUNTS,
  },
  rollup_breakdown_hours: { purpose: 'the same over days and weeks', source: FROM_ROWS, kept: COUNTS },
  rollup_bots: { purpose: 'to answer reports of bots', source: FROM_ROWS, kept: COUNTS },
  rollup_countries: { purpose: 'to answer reports of countries', source: FROM_ROWS, kept: COUNTS },
  import_clicks: { purpose: STAGED_FOR, source: HISTORY, kept: STAGED_KEPT },
  import_sends: { purpose: STAGED_FOR, source: HISTORY, kept: STAGED_KEPT },
  import_conversions: { purpose: STAGED_FOR, source: HISTORY, kept: STAGED_KEPT },
  import_marks: {
    purpose: 'to import nothing twice, and to undo an import',
    source: HISTORY,
    kept: 'until the import is undone: hashes of rows',
  },
  ledger: { purpose: 'to prove that no click was lost', source: 'the processes', kept: '32 days' },
  spools: {
    purpose: 'to find answered clicks that wait on the disk of a machine',
    source: 'the processes',
    kept: '90 days: numbers and the names of machines',
  },
  erasures: {
    purpose: 'to erase contacts again after a backup was restored',
    source: 'the account that asked for it',
    kept: 'kept: keyed fingerprints, from which nothing leads back to a contact',
  },
  export_files: {
    purpose:
      'to tell which files of an account’s exports there are, and which of them name an erased contact',
    source: 'the exports',
    kept: 'as long as the account exists',
  },
  webhook_events: {
    purpose:
      'to tell the account’s webhooks and partners what happened, each once, also after they were away',
    source: 'the clicks and conversions, as each webhook asked for them',
    kept: '30 days',
  },
  webhook_messages: {
    purpose: 'to number what is sent to webhooks, so that a receiver sees a gap',
    source: 'the events of webhooks',
    kept: '30 days',
  },
  webhook_heads: {
    purpose: 'to go on with the next number',
    source: 'the messages to webhooks',
    kept: COUNTS,
  },
  webhook_attempts: {
    purpose: 'to show the account what was sent to its webhooks, when, and with what answer',
    source: 'the answers of the account’s own servers and partners; nothing of their text is kept',
    kept: '30 days',
  },
  migrations: { purpose: 'to bring the schema up to date', source: 'the installation', kept: 'kept' },
};
