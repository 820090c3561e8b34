/**
 * Why each table is kept, for how long, and where its rows come from: what the columns' own marks (personal-columns.ts)
 * do not say. The record of processing is made of both; a test holds that no table of the schema is missing. Pure.
 */

export interface StoredTable {
  purpose: string;
  /** Who gives the data. */
  source: string;
  kept: string;
}

const FROM_ROWS = 'the raw rows, as they are inserted';
const COUNTS = 'kept: it counts and names nobody';

export const STORED_TABLES: Readonly<Record<string, StoredTable>> = {
  clicks: {
    purpose:
      'to count clicks, to tell people from bots (again, when the rules change), to credit conversions, and to explain each of these decisions',
    source: 'the browser that opened a link; the sender, for the ids and the country of the contact',
    kept: 'the account’s `click_retention_days` after the click',
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
    purpose: 'to open links that have left Redis, and to rebuild Redis where it was lost',
    source: 'the sender, through the API',
    kept: 'a link: as long as its message’s row (one that was changed: `send_retention_days` after the change); settings of accounts, offers and so on: as long as they exist',
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
  rollup_bot_reasons: { purpose: 'to answer reports of bots', source: FROM_ROWS, kept: COUNTS },
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
  migrations: { purpose: 'to bring the schema up to date', source: 'the installation', kept: 'kept' },
};
