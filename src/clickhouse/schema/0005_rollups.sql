-- Rollups, which the reports read. Materialized views fill them from clicks, sends, conversions and verdicts. They are
-- kept when the raw rows expire. First come the tables, then the views, grouped by the table that they read.
--
-- Times are quarters of an hour, because the hours and days of every time zone consist of these.
--
-- Rows of messages, clicks and money have two times: sent_quarter_hour, of the message that they belong to, and
-- quarter_hour, of what happened. A report asks for a range of the one or of the other (range_by). Rows are sorted by
-- the first; a minmax index finds those of a range of the second.
--
-- rejudgement: a changed verdict adds a row with the difference, which may be negative. The sum of all rows is the
-- current count; the sum up to a rejudgement is the count after it. Money has no such history: its rejudgement is 0.
--
-- money_by: each amount is stored twice, at the time of its click and at the time of its conversion. Never add the two:
-- what belongs to messages of a range (sent_quarter_hour) is the rows of one of them. Rows of sends and clicks have
-- money_by '' and currency ''. The views that analysts read show only one of the two.

CREATE TABLE IF NOT EXISTS trackly.rollup_quarter_hours (
  account_id LowCardinality(String) COMMENT 'Account',
  sent_quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes, UTC, of sent_at of the message; of a link outside a message, of its creation; of money that is credited to no link, of the conversion',
  quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes, UTC, of sent_at (sends), clicked_at (clicks) or the time that money_by names (money)',
  campaign_id LowCardinality(String) COMMENT 'Campaign; empty without one',
  variant_id LowCardinality(String) COMMENT 'Arm of the campaign''s A/B test; empty without one',
  domain LowCardinality(String) COMMENT 'Tracking domain: of the message (sends), of the host that was tapped (clicks), of the link that earned (money)',
  creative_id LowCardinality(String) COMMENT 'Creative; empty without one',
  offer_id LowCardinality(String) COMMENT 'Offer; empty on rows that count messages, and for links without an offer',
  money_by LowCardinality(String) COMMENT 'Empty: sends and clicks. click: money at the time of its click. conversion: the same money at the time of the conversion',
  currency LowCardinality(String) COMMENT 'Currency of the money; empty on rows of sends and clicks',
  rejudgement UInt32 COMMENT '0: counted with the first verdict. Otherwise the rejudgement whose difference this row adds',
  import_id LowCardinality(String) COMMENT 'Import that the rows came with, so that it can be undone; empty for what was tracked here',
  messages_sent Int64 COMMENT 'Messages, counted on the rows with an empty offer_id',
  offers_sent Int64 COMMENT 'Messages with at least one link to the offer',
  links_sent Int64 COMMENT 'Links of messages, counted on the rows of their offers; a link without an offer on the row with an empty offer_id',
  messages_delivered Int64 COMMENT 'Messages whose state is delivered, counted as messages_sent is',
  messages_failed Int64 COMMENT 'Messages whose state is failed or undelivered',
  messages_opted_out Int64 COMMENT 'Messages whose recipient opted out by an event of them',
  offers_delivered Int64 COMMENT 'The same of messages with the offer, counted as offers_sent is',
  offers_failed Int64 COMMENT 'The same',
  offers_opted_out Int64 COMMENT 'The same',
  links_delivered Int64 COMMENT 'The same of their links, counted as links_sent is',
  links_failed Int64 COMMENT 'The same',
  links_opted_out Int64 COMMENT 'The same',
  clicks_total UInt64 COMMENT 'All clicks',
  clicks_human Int64 COMMENT 'Clicks judged human',
  clicks_bot Int64 COMMENT 'Clicks judged bot',
  first_clicks Int64 COMMENT 'First human clicks of a contact on a message',
  first_offer_clicks Int64 COMMENT 'First human clicks of a contact on an offer within a message',
  conversions Int64 COMMENT 'Conversions; refunds and chargebacks are not counted',
  sales Decimal(38, 6) COMMENT 'Revenue of sales and rebills',
  refunds Decimal(38, 6) COMMENT 'Revenue reversed by refunds and chargebacks',
  payout Decimal(38, 6) COMMENT 'Payout for conversions and, on cpc offers, for first clicks',
  view_conversions Int64 COMMENT 'Conversions of messages that were delivered and not tapped; in no other count',
  view_revenue Decimal(38, 6) COMMENT 'Revenue of these conversions less refunds; not in sales and refunds',
  INDEX by_quarter_hour quarter_hour TYPE minmax GRANULARITY 1
)
ENGINE = SummingMergeTree
PRIMARY KEY (account_id, sent_quarter_hour, campaign_id, variant_id, creative_id, offer_id)
ORDER BY (account_id, sent_quarter_hour, campaign_id, variant_id, creative_id, offer_id, domain, quarter_hour, money_by, currency, rejudgement, import_id)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'Sends, clicks and money by quarter of an hour of the message and of the event, campaign, variant, creative and offer. Always use sum(): rows with the same key merge later.';

-- The key starts with a time because every report has a range. The columns from link_key to variant_id depend on
-- link_id (or message_id). They are in the sorting key because SummingMergeTree keeps an arbitrary value of any other
-- column.
CREATE TABLE IF NOT EXISTS trackly.rollup_links (
  account_id LowCardinality(String) COMMENT 'Account',
  sent_quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes, UTC, of sent_at of the message; of a link outside a message, of its creation; of money that is credited to no link, of the conversion',
  quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes, UTC, of sent_at (sends), clicked_at (clicks) or the time that money_by names (money)',
  message_id String COMMENT 'Message; empty for a link outside a message',
  link_id String COMMENT 'Link; empty on the rows that count messages',
  link_key LowCardinality(String) COMMENT 'Key of the link in its creative: link1, link2 …',
  offer_id LowCardinality(String) COMMENT 'Offer of the link (sends), or that the tap was led to (clicks, money); empty without one',
  creative_id LowCardinality(String) COMMENT 'Creative of the message; empty without one',
  campaign_id LowCardinality(String) COMMENT 'Campaign of the message; empty without one',
  variant_id LowCardinality(String) COMMENT 'Arm of the campaign''s A/B test; empty without one',
  domain LowCardinality(String) COMMENT 'Tracking domain: of the message (sends), of the host that was tapped (clicks), of the link that earned (money)',
  money_by LowCardinality(String) COMMENT 'Empty: sends and clicks. click: money at the time of its click. conversion: the same money at the time of the conversion',
  currency LowCardinality(String) COMMENT 'Currency of the money; empty on rows of sends and clicks',
  rejudgement UInt32 COMMENT '0: counted with the first verdict. Otherwise the rejudgement whose difference this row adds',
  import_id LowCardinality(String) COMMENT 'Import that the rows came with, so that it can be undone; empty for what was tracked here',
  messages_sent Int64 COMMENT 'Messages, counted on the rows with an empty link_id',
  offers_sent Int64 COMMENT 'Messages with the offer: 1 on the first link to each offer within the message',
  links_sent Int64 COMMENT 'Links',
  messages_delivered Int64 COMMENT 'Messages whose state is delivered, counted as messages_sent is',
  messages_failed Int64 COMMENT 'Messages whose state is failed or undelivered',
  messages_opted_out Int64 COMMENT 'Messages whose recipient opted out by an event of them',
  offers_delivered Int64 COMMENT 'The same of messages with the offer, counted as offers_sent is',
  offers_failed Int64 COMMENT 'The same',
  offers_opted_out Int64 COMMENT 'The same',
  links_delivered Int64 COMMENT 'The same of their links, counted as links_sent is',
  links_failed Int64 COMMENT 'The same',
  links_opted_out Int64 COMMENT 'The same',
  clicks_total UInt64 COMMENT 'All clicks',
  clicks_human Int64 COMMENT 'Clicks judged human',
  clicks_bot Int64 COMMENT 'Clicks judged bot',
  first_clicks Int64 COMMENT 'First human clicks of a contact on a message',
  first_offer_clicks Int64 COMMENT 'First human clicks of a contact on an offer within a message',
  conversions Int64 COMMENT 'Conversions; refunds and chargebacks are not counted',
  sales Decimal(38, 6) COMMENT 'Revenue of sales and rebills',
  refunds Decimal(38, 6) COMMENT 'Revenue reversed by refunds and chargebacks',
  payout Decimal(38, 6) COMMENT 'Payout for conversions and, on cpc offers, for first clicks',
  view_conversions Int64 COMMENT 'Conversions of messages that were delivered and not tapped; in no other count',
  view_revenue Decimal(38, 6) COMMENT 'Revenue of these conversions less refunds; not in sales and refunds',
  INDEX by_message_id message_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_link_id link_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_quarter_hour quarter_hour TYPE minmax GRANULARITY 1
)
ENGINE = SummingMergeTree
PRIMARY KEY (account_id, sent_quarter_hour, message_id)
ORDER BY (account_id, sent_quarter_hour, message_id, link_id, link_key, offer_id, creative_id, campaign_id, variant_id, domain, quarter_hour, money_by, currency, rejudgement, import_id)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120, merge_selector_base = 10
COMMENT 'Sends, clicks and money by message, link and quarter of an hour, without the contact. Always use sum(): rows with the same key merge later.';

-- First clicks of A/B tests, by the time of the click and by the time of its message.
CREATE TABLE IF NOT EXISTS trackly.rollup_variants (
  account_id LowCardinality(String) COMMENT 'Account',
  campaign_id LowCardinality(String) COMMENT 'Campaign that the variant is an arm of',
  variant_id LowCardinality(String) COMMENT 'Arm of the campaign''s A/B test',
  quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes of clicked_at, UTC',
  sent_quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes of sent_at, UTC',
  rejudgement UInt32 COMMENT '0: counted with the first verdict. Otherwise the rejudgement whose difference this row adds',
  import_id LowCardinality(String) COMMENT 'Import that the rows came with, so that it can be undone; empty for what was tracked here',
  first_clicks Int64 COMMENT 'First human clicks of a contact on a message'
)
ENGINE = SummingMergeTree
ORDER BY (account_id, campaign_id, variant_id, quarter_hour, sent_quarter_hour, rejudgement, import_id)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'First clicks of A/B tests by the quarter of an hour of the click and of its message. Always use sum(): rows with the same key merge later.';

-- Where clicks came from, and which first clicks were suspicious.
CREATE TABLE IF NOT EXISTS trackly.rollup_networks (
  account_id LowCardinality(String) COMMENT 'Account',
  quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes of clicked_at, UTC',
  campaign_id LowCardinality(String) COMMENT 'Campaign; empty without one',
  asn UInt32 COMMENT 'Autonomous system (network) of the address; 0 if unknown',
  country LowCardinality(String) COMMENT 'Country of the address, ISO 3166; empty if unknown',
  rules_version LowCardinality(String) COMMENT 'Version of the bot rules that the clicks were first judged under; empty on rows of later rejudgements',
  rejudgement UInt32 COMMENT '0: counted with the first verdict. Otherwise the rejudgement whose difference this row adds',
  import_id LowCardinality(String) COMMENT 'Import that the rows came with, so that it can be undone; empty for what was tracked here',
  clicks_total Int64 COMMENT 'All clicks',
  clicks_human Int64 COMMENT 'Clicks judged human',
  clicks_bot Int64 COMMENT 'Clicks judged bot',
  first_clicks Int64 COMMENT 'First human clicks of a contact on a message',
  suspicious_first_clicks Int64 COMMENT 'First clicks that were suspicious: 80 points or more, but not judged bot'
)
ENGINE = SummingMergeTree
ORDER BY (account_id, quarter_hour, campaign_id, asn, country, rules_version, rejudgement, import_id)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'Clicks by quarter of an hour, campaign, network and country. Always use sum(): rows with the same key merge later.';

-- For each bot click: one row for each of its reasons, and one for each kind among them. For each click on a message,
-- human or bot: one row of the time after the send.
CREATE TABLE IF NOT EXISTS trackly.rollup_bots (
  account_id LowCardinality(String) COMMENT 'Account',
  quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes of clicked_at, UTC',
  campaign_id LowCardinality(String) COMMENT 'Campaign; empty without one',
  counted_by LowCardinality(String) COMMENT 'reason, kind or delay: what value is. Never add rows of the three',
  value LowCardinality(String) COMMENT 'Of reason: kind:detail. Of kind: user_agent, network … Of delay: least seconds from the send to the click; -1 before it',
  rejudgement UInt32 COMMENT '0: counted with the first verdict. Otherwise the rejudgement whose difference this row adds',
  import_id LowCardinality(String) COMMENT 'Import that the rows came with, so that it can be undone; empty for what was tracked here',
  clicks_bot Int64 COMMENT 'Clicks judged bot',
  clicks_total Int64 COMMENT 'All clicks, of delay; 0 on other rows'
)
ENGINE = SummingMergeTree
ORDER BY (account_id, counted_by, quarter_hour, campaign_id, value, rejudgement, import_id)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'Bot clicks by quarter of an hour, campaign and reason (a click counts under each of its reasons), and clicks by the time after the send. Always use sum(): rows with the same key merge later.';

-- What human clicks are made of. Clicks differ in so much that a row is seldom of many; it is narrow, sorted by time and
-- item, and has no bot. What people tap with is one column, of which there are few values: one grouping answers for all of
-- its parts (src/clicks/tapped-with.ts).
CREATE TABLE IF NOT EXISTS trackly.rollup_breakdowns (
  account_id LowCardinality(String) COMMENT 'Account',
  sent_quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes, UTC, of sent_at of the message; of a link outside a message, of its creation',
  quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes of clicked_at, UTC',
  campaign_id LowCardinality(String) COMMENT 'Campaign; empty without one',
  variant_id LowCardinality(String) COMMENT 'Arm of the campaign''s A/B test; empty without one',
  creative_id LowCardinality(String) COMMENT 'Creative; empty without one',
  offer_id LowCardinality(String) COMMENT 'Offer that the tap was led to; empty without one',
  domain LowCardinality(String) COMMENT 'Host that was tapped',
  tapped_with LowCardinality(String) COMMENT 'Country, device, system, browser and app as in clicks, with a tab between them',
  asn UInt32 COMMENT 'Autonomous system (network) of the address; 0 if unknown',
  rejudgement UInt32 COMMENT '0: counted with the first verdict. Otherwise the rejudgement whose difference this row adds',
  import_id LowCardinality(String) COMMENT 'Import that the rows came with, so that it can be undone; empty for what was tracked here',
  clicks_human Int64 COMMENT 'Clicks judged human',
  first_clicks Int64 COMMENT 'First human clicks of a contact on a message',
  first_offer_clicks Int64 COMMENT 'First human clicks of a contact on an offer within a message',
  INDEX by_quarter_hour quarter_hour TYPE minmax GRANULARITY 1
)
ENGINE = SummingMergeTree
PRIMARY KEY (account_id, sent_quarter_hour, campaign_id, variant_id, creative_id, offer_id)
ORDER BY (account_id, sent_quarter_hour, campaign_id, variant_id, creative_id, offer_id, domain, tapped_with, asn, quarter_hour, rejudgement, import_id)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120, merge_selector_base = 10
COMMENT 'Human clicks by quarter of an hour of the message and of the click, campaign, variant, creative, offer, domain, country, device, system, browser, app and network. Always use sum(): rows with the same key merge later.';

-- The same by the hour, once without the network and once with the network alone, so that a row is of many clicks: what
-- breakdowns of days and weeks read. The quarters of an hour at the ends of their range, in time zones that need them, and
-- the few questions for a network and another of its columns at once are answered from rollup_breakdowns, which leads here.
CREATE TABLE IF NOT EXISTS trackly.rollup_breakdown_hours (
  account_id LowCardinality(String) COMMENT 'Account',
  counted_by LowCardinality(String) COMMENT 'tapped_with or network: which of the two a row has. Never add rows of both',
  sent_hour DateTime('UTC') COMMENT 'Start of the hour, UTC, of sent_at of the message; of a link outside a message, of its creation',
  hour DateTime('UTC') COMMENT 'Start of the hour of clicked_at, UTC',
  campaign_id LowCardinality(String) COMMENT 'Campaign; empty without one',
  variant_id LowCardinality(String) COMMENT 'Arm of the campaign''s A/B test; empty without one',
  creative_id LowCardinality(String) COMMENT 'Creative; empty without one',
  offer_id LowCardinality(String) COMMENT 'Offer that the tap was led to; empty without one',
  domain LowCardinality(String) COMMENT 'Host that was tapped',
  tapped_with LowCardinality(String) COMMENT 'Country, device, system, browser and app as in clicks, with a tab between them; empty on rows of network',
  asn UInt32 COMMENT 'Autonomous system (network) of the address; 0 if unknown, and on rows of tapped_with',
  rejudgement UInt32 COMMENT '0: counted with the first verdict. Otherwise the rejudgement whose difference this row adds',
  import_id LowCardinality(String) COMMENT 'Import that the rows came with, so that it can be undone; empty for what was tracked here',
  clicks_human Int64 COMMENT 'Clicks judged human',
  first_clicks Int64 COMMENT 'First human clicks of a contact on a message',
  first_offer_clicks Int64 COMMENT 'First human clicks of a contact on an offer within a message',
  INDEX by_hour hour TYPE minmax GRANULARITY 1
)
ENGINE = SummingMergeTree
PRIMARY KEY (account_id, counted_by, sent_hour, campaign_id, variant_id, creative_id, offer_id)
ORDER BY (account_id, counted_by, sent_hour, campaign_id, variant_id, creative_id, offer_id, domain, tapped_with, asn, hour, rejudgement, import_id)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1,
  old_parts_lifetime = 120
COMMENT 'Human clicks by hour of the message and of the click, campaign, variant, creative, offer and domain, and by country, device, system, browser and app together or by network. Always use sum(): rows with the same key merge later.';

-- From clicks. The payout of a first click on a cpc offer has rows with a money_by and a currency. Only such a click has
-- more than one row here: a view for the payouts alone would cost every insert as much as one that counts.

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.clicks_to_quarter_hours TO trackly.rollup_quarter_hours AS
SELECT
  click.account_id AS account_id,
  click.import_id AS import_id,
  toStartOfFifteenMinutes(click.sent_at) AS sent_quarter_hour,
  toStartOfFifteenMinutes(click.clicked_at) AS quarter_hour,
  click.campaign_id AS campaign_id,
  click.variant_id AS variant_id,
  click.domain AS domain,
  click.creative_id AS creative_id,
  click.offer_id AS offer_id,
  money_by,
  if(money_by = '', '', click.currency) AS currency,
  countIf(money_by = '') AS clicks_total,
  toInt64(countIf(money_by = '' AND click.verdict = 'human')) AS clicks_human,
  toInt64(countIf(money_by = '' AND click.verdict = 'bot')) AS clicks_bot,
  toInt64(sumIf(click.is_first, money_by = '')) AS first_clicks,
  toInt64(sumIf(click.is_first_for_offer, money_by = '')) AS first_offer_clicks,
  sumIf(click.payout, money_by != '') AS payout
FROM trackly.clicks AS click
ARRAY JOIN if(click.payout = 0, [''], ['', 'click', 'conversion']) AS money_by
GROUP BY account_id, import_id, sent_quarter_hour, quarter_hour, campaign_id, variant_id, domain, creative_id, offer_id, money_by, currency;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.clicks_to_links TO trackly.rollup_links AS
SELECT
  click.account_id AS account_id,
  click.import_id AS import_id,
  toStartOfFifteenMinutes(click.sent_at) AS sent_quarter_hour,
  toStartOfFifteenMinutes(click.clicked_at) AS quarter_hour,
  click.message_id AS message_id,
  click.link_id AS link_id,
  click.link_key AS link_key,
  click.offer_id AS offer_id,
  click.creative_id AS creative_id,
  click.campaign_id AS campaign_id,
  click.variant_id AS variant_id,
  click.domain AS domain,
  money_by,
  if(money_by = '', '', click.currency) AS currency,
  countIf(money_by = '') AS clicks_total,
  toInt64(countIf(money_by = '' AND click.verdict = 'human')) AS clicks_human,
  toInt64(countIf(money_by = '' AND click.verdict = 'bot')) AS clicks_bot,
  toInt64(sumIf(click.is_first, money_by = '')) AS first_clicks,
  toInt64(sumIf(click.is_first_for_offer, money_by = '')) AS first_offer_clicks,
  sumIf(click.payout, money_by != '') AS payout
FROM trackly.clicks AS click
ARRAY JOIN if(click.payout = 0, [''], ['', 'click', 'conversion']) AS money_by
GROUP BY account_id, import_id, sent_quarter_hour, quarter_hour, message_id, link_id, link_key, offer_id, creative_id, campaign_id, variant_id, domain, money_by, currency;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.clicks_to_variants TO trackly.rollup_variants AS
SELECT
  click.account_id AS account_id,
  click.import_id AS import_id,
  click.campaign_id AS campaign_id,
  click.variant_id AS variant_id,
  toStartOfFifteenMinutes(click.clicked_at) AS quarter_hour,
  toStartOfFifteenMinutes(click.sent_at) AS sent_quarter_hour,
  toInt64(count()) AS first_clicks
FROM trackly.clicks AS click
WHERE click.is_first = 1 AND click.variant_id != '' AND click.message_id != ''
GROUP BY account_id, import_id, campaign_id, variant_id, quarter_hour, sent_quarter_hour;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.clicks_to_networks TO trackly.rollup_networks AS
SELECT
  click.account_id AS account_id,
  click.import_id AS import_id,
  toStartOfFifteenMinutes(click.clicked_at) AS quarter_hour,
  click.campaign_id AS campaign_id,
  click.asn AS asn,
  click.country AS country,
  click.rules_version AS rules_version,
  toInt64(count()) AS clicks_total,
  toInt64(countIf(click.verdict = 'human')) AS clicks_human,
  toInt64(countIf(click.verdict = 'bot')) AS clicks_bot,
  toInt64(sum(click.is_first)) AS first_clicks,
  toInt64(countIf(click.is_first = 1 AND click.score >= 80)) AS suspicious_first_clicks
FROM trackly.clicks AS click
GROUP BY account_id, import_id, quarter_hour, campaign_id, asn, country, rules_version;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.clicks_to_breakdowns TO trackly.rollup_breakdowns AS
SELECT
  click.account_id AS account_id,
  click.import_id AS import_id,
  toStartOfFifteenMinutes(click.sent_at) AS sent_quarter_hour,
  toStartOfFifteenMinutes(click.clicked_at) AS quarter_hour,
  click.campaign_id AS campaign_id,
  click.variant_id AS variant_id,
  click.creative_id AS creative_id,
  click.offer_id AS offer_id,
  click.domain AS domain,
  {tapped_with:click} AS tapped_with,
  click.asn AS asn,
  toInt64(count()) AS clicks_human,
  toInt64(sum(click.is_first)) AS first_clicks,
  toInt64(sum(click.is_first_for_offer)) AS first_offer_clicks
FROM trackly.clicks AS click
WHERE click.verdict = 'human'
GROUP BY account_id, import_id, sent_quarter_hour, quarter_hour, campaign_id, variant_id, creative_id, offer_id, domain, tapped_with, asn;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.clicks_to_bots TO trackly.rollup_bots AS
SELECT
  click.account_id AS account_id,
  click.import_id AS import_id,
  toStartOfFifteenMinutes(click.clicked_at) AS quarter_hour,
  click.campaign_id AS campaign_id,
  counted.1 AS counted_by,
  counted.2 AS value,
  toInt64(countIf(click.verdict = 'bot')) AS clicks_bot,
  toInt64(countIf(counted.1 = 'delay')) AS clicks_total
FROM trackly.clicks AS click
ARRAY JOIN arrayConcat(
  if(click.message_id = '', [], [('delay', toString({delay_step:click}))]),
  if(click.verdict = 'bot', arrayMap(one -> ('reason', toString(one)), click.bot_reasons), []),
  if(click.verdict = 'bot', arrayDistinct(arrayMap(one -> ('kind', splitByChar(':', toString(one))[1]), click.bot_reasons)), [])
) AS counted
GROUP BY account_id, import_id, quarter_hour, campaign_id, counted_by, value;

-- From sends. For each message: one row with offer_id '' that counts the message, and one for each distinct offer.
CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.sends_to_quarter_hours TO trackly.rollup_quarter_hours AS
SELECT
  account_id,
  import_id,
  toStartOfFifteenMinutes(sent_at) AS sent_quarter_hour,
  toStartOfFifteenMinutes(sent_at) AS quarter_hour,
  campaign_id,
  variant_id,
  domain,
  creative_id,
  counted_offer_id AS offer_id,
  countIf(counted_offer_id = '') AS messages_sent,
  countIf(counted_offer_id != '') AS offers_sent
FROM trackly.sends
ARRAY JOIN arrayDistinct(arrayPushFront(offer_ids, '')) AS counted_offer_id
GROUP BY account_id, import_id, sent_quarter_hour, quarter_hour, campaign_id, variant_id, domain, creative_id, counted_offer_id;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.sent_links_to_quarter_hours TO trackly.rollup_quarter_hours AS
SELECT
  account_id,
  import_id,
  toStartOfFifteenMinutes(sent_at) AS sent_quarter_hour,
  toStartOfFifteenMinutes(sent_at) AS quarter_hour,
  campaign_id,
  variant_id,
  domain,
  creative_id,
  offer_id,
  count() AS links_sent
FROM trackly.sends
ARRAY JOIN arrayFilter((offer, link_key) -> link_key != 'optout_link', offer_ids, link_keys) AS offer_id
GROUP BY account_id, import_id, sent_quarter_hour, quarter_hour, campaign_id, variant_id, domain, creative_id, offer_id;

-- For each message: one row with link_id '' (position 0) that counts the message, and one for each link but the one to
-- opt out, whose taps are no clicks.
CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.sends_to_links TO trackly.rollup_links AS
SELECT
  account_id,
  import_id,
  toStartOfFifteenMinutes(sent_at) AS sent_quarter_hour,
  toStartOfFifteenMinutes(sent_at) AS quarter_hour,
  message_id,
  link_ids[position] AS link_id,
  link_keys[position] AS link_key,
  offer_ids[position] AS offer_id,
  creative_id,
  campaign_id,
  variant_id,
  domain,
  countIf(position = 0) AS messages_sent,
  countIf(position > 0 AND offer_ids[position] != '' AND indexOf(offer_ids, offer_ids[position]) = position) AS offers_sent,
  countIf(position > 0) AS links_sent
FROM trackly.sends
ARRAY JOIN arrayFilter(at -> link_keys[at] != 'optout_link', range(length(link_ids) + 1)) AS position
GROUP BY account_id, import_id, sent_quarter_hour, quarter_hour, message_id, link_id, link_key, offer_id, creative_id, campaign_id, variant_id, domain;

-- From conversions.

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.conversions_to_quarter_hours TO trackly.rollup_quarter_hours AS
SELECT
  ledger.account_id AS account_id,
  ledger.import_id AS import_id,
  toStartOfFifteenMinutes(ledger.sent_at) AS sent_quarter_hour,
  toStartOfFifteenMinutes(if(money_by = 'click', ledger.credited_at, ledger.converted_at)) AS quarter_hour,
  ledger.campaign_id AS campaign_id,
  ledger.variant_id AS variant_id,
  ledger.domain AS domain,
  ledger.creative_id AS creative_id,
  ledger.offer_id AS offer_id,
  money_by,
  ledger.currency AS currency,
  sum(toInt64(ledger.sign) * ledger.conversions) AS conversions,
  sum(ledger.sign * ledger.sales) AS sales,
  sum(ledger.sign * ledger.refunds) AS refunds,
  sum(ledger.sign * ledger.payout) AS payout,
  sum(toInt64(ledger.sign) * ledger.view_conversions) AS view_conversions,
  sum(ledger.sign * (ledger.view_sales - ledger.view_refunds)) AS view_revenue
FROM trackly.conversions AS ledger
ARRAY JOIN ['click', 'conversion'] AS money_by
WHERE ledger.status IN ('attributed', 'view_through')
GROUP BY account_id, import_id, sent_quarter_hour, quarter_hour, campaign_id, variant_id, domain, creative_id, offer_id, money_by, currency;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.conversions_to_links TO trackly.rollup_links AS
SELECT
  ledger.account_id AS account_id,
  ledger.import_id AS import_id,
  toStartOfFifteenMinutes(ledger.sent_at) AS sent_quarter_hour,
  toStartOfFifteenMinutes(if(money_by = 'click', ledger.credited_at, ledger.converted_at)) AS quarter_hour,
  ledger.message_id AS message_id,
  ledger.link_id AS link_id,
  ledger.link_key AS link_key,
  ledger.offer_id AS offer_id,
  ledger.creative_id AS creative_id,
  ledger.campaign_id AS campaign_id,
  ledger.variant_id AS variant_id,
  ledger.domain AS domain,
  money_by,
  ledger.currency AS currency,
  sum(toInt64(ledger.sign) * ledger.conversions) AS conversions,
  sum(ledger.sign * ledger.sales) AS sales,
  sum(ledger.sign * ledger.refunds) AS refunds,
  sum(ledger.sign * ledger.payout) AS payout,
  sum(toInt64(ledger.sign) * ledger.view_conversions) AS view_conversions,
  sum(ledger.sign * (ledger.view_sales - ledger.view_refunds)) AS view_revenue
FROM trackly.conversions AS ledger
ARRAY JOIN ['click', 'conversion'] AS money_by
WHERE ledger.status IN ('attributed', 'view_through')
GROUP BY account_id, import_id, sent_quarter_hour, quarter_hour, message_id, link_id, link_key, offer_id, creative_id, campaign_id, variant_id, domain, money_by, currency;

-- From verdicts.

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.verdicts_to_quarter_hours TO trackly.rollup_quarter_hours AS
SELECT
  line.account_id AS account_id,
  toStartOfFifteenMinutes(line.sent_at) AS sent_quarter_hour,
  toStartOfFifteenMinutes(line.clicked_at) AS quarter_hour,
  line.campaign_id AS campaign_id,
  line.variant_id AS variant_id,
  line.domain AS domain,
  line.creative_id AS creative_id,
  line.offer_id AS offer_id,
  line.rejudgement AS rejudgement,
  sum(toInt64(line.sign) * (line.verdict = 'human')) AS clicks_human,
  sum(toInt64(line.sign) * (line.verdict = 'bot')) AS clicks_bot,
  sum(toInt64(line.sign) * line.is_first) AS first_clicks,
  sum(toInt64(line.sign) * line.is_first_for_offer) AS first_offer_clicks
FROM trackly.verdicts AS line
GROUP BY account_id, sent_quarter_hour, quarter_hour, campaign_id, variant_id, domain, creative_id, offer_id, rejudgement;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.verdicts_to_links TO trackly.rollup_links AS
SELECT
  line.account_id AS account_id,
  toStartOfFifteenMinutes(line.sent_at) AS sent_quarter_hour,
  toStartOfFifteenMinutes(line.clicked_at) AS quarter_hour,
  line.message_id AS message_id,
  line.link_id AS link_id,
  line.link_key AS link_key,
  line.offer_id AS offer_id,
  line.creative_id AS creative_id,
  line.campaign_id AS campaign_id,
  line.variant_id AS variant_id,
  line.domain AS domain,
  line.rejudgement AS rejudgement,
  sum(toInt64(line.sign) * (line.verdict = 'human')) AS clicks_human,
  sum(toInt64(line.sign) * (line.verdict = 'bot')) AS clicks_bot,
  sum(toInt64(line.sign) * line.is_first) AS first_clicks,
  sum(toInt64(line.sign) * line.is_first_for_offer) AS first_offer_clicks
FROM trackly.verdicts AS line
GROUP BY account_id, sent_quarter_hour, quarter_hour, message_id, link_id, link_key, offer_id, creative_id, campaign_id, variant_id, domain, rejudgement;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.verdicts_to_variants TO trackly.rollup_variants AS
SELECT
  line.account_id AS account_id,
  line.campaign_id AS campaign_id,
  line.variant_id AS variant_id,
  toStartOfFifteenMinutes(line.clicked_at) AS quarter_hour,
  toStartOfFifteenMinutes(line.sent_at) AS sent_quarter_hour,
  line.rejudgement AS rejudgement,
  sum(toInt64(line.sign)) AS first_clicks
FROM trackly.verdicts AS line
WHERE line.is_first = 1 AND line.variant_id != '' AND line.message_id != ''
GROUP BY account_id, campaign_id, variant_id, quarter_hour, sent_quarter_hour, rejudgement;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.verdicts_to_networks TO trackly.rollup_networks AS
SELECT
  line.account_id AS account_id,
  toStartOfFifteenMinutes(line.clicked_at) AS quarter_hour,
  line.campaign_id AS campaign_id,
  line.asn AS asn,
  line.country AS country,
  line.rejudgement AS rejudgement,
  sum(toInt64(line.sign) * (line.verdict = 'human')) AS clicks_human,
  sum(toInt64(line.sign) * (line.verdict = 'bot')) AS clicks_bot,
  sum(toInt64(line.sign) * line.is_first) AS first_clicks,
  sum(toInt64(line.sign) * (line.is_first = 1 AND line.score >= 80)) AS suspicious_first_clicks
FROM trackly.verdicts AS line
GROUP BY account_id, quarter_hour, campaign_id, asn, country, rejudgement;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.verdicts_to_breakdowns TO trackly.rollup_breakdowns AS
SELECT
  line.account_id AS account_id,
  toStartOfFifteenMinutes(line.sent_at) AS sent_quarter_hour,
  toStartOfFifteenMinutes(line.clicked_at) AS quarter_hour,
  line.campaign_id AS campaign_id,
  line.variant_id AS variant_id,
  line.creative_id AS creative_id,
  line.offer_id AS offer_id,
  line.domain AS domain,
  {tapped_with:line} AS tapped_with,
  line.asn AS asn,
  line.rejudgement AS rejudgement,
  sum(toInt64(line.sign)) AS clicks_human,
  sum(toInt64(line.sign) * line.is_first) AS first_clicks,
  sum(toInt64(line.sign) * line.is_first_for_offer) AS first_offer_clicks
FROM trackly.verdicts AS line
WHERE line.verdict = 'human'
GROUP BY account_id, sent_quarter_hour, quarter_hour, campaign_id, variant_id, creative_id, offer_id, domain, tapped_with, asn, rejudgement;

-- A changed verdict changes no delay: the clicks of a step stay as many.
CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.verdicts_to_bots TO trackly.rollup_bots AS
SELECT
  line.account_id AS account_id,
  toStartOfFifteenMinutes(line.clicked_at) AS quarter_hour,
  line.campaign_id AS campaign_id,
  counted.1 AS counted_by,
  counted.2 AS value,
  line.rejudgement AS rejudgement,
  sum(toInt64(line.sign)) AS clicks_bot
FROM trackly.verdicts AS line
ARRAY JOIN arrayConcat(
  if(line.message_id = '', [], [('delay', toString({delay_step:line}))]),
  arrayMap(one -> ('reason', toString(one)), line.bot_reasons),
  arrayDistinct(arrayMap(one -> ('kind', splitByChar(':', toString(one))[1]), line.bot_reasons))
) AS counted
WHERE line.verdict = 'bot'
GROUP BY account_id, quarter_hour, campaign_id, counted_by, value, rejudgement;

-- From rollup_breakdowns, so from clicks and from verdicts.
CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.breakdowns_to_hours TO trackly.rollup_breakdown_hours AS
SELECT
  part.account_id AS account_id,
  part.import_id AS import_id,
  counted_by,
  toStartOfHour(part.sent_quarter_hour) AS sent_hour,
  toStartOfHour(part.quarter_hour) AS hour,
  part.campaign_id AS campaign_id,
  part.variant_id AS variant_id,
  part.creative_id AS creative_id,
  part.offer_id AS offer_id,
  part.domain AS domain,
  if(counted_by = 'network', '', part.tapped_with) AS tapped_with,
  if(counted_by = 'network', part.asn, 0) AS asn,
  part.rejudgement AS rejudgement,
  sum(part.clicks_human) AS clicks_human,
  sum(part.first_clicks) AS first_clicks,
  sum(part.first_offer_clicks) AS first_offer_clicks
FROM trackly.rollup_breakdowns AS part
ARRAY JOIN ['tapped_with', 'network'] AS counted_by
GROUP BY account_id, import_id, counted_by, sent_hour, hour, campaign_id, variant_id, creative_id, offer_id, domain, tapped_with, asn, rejudgement;

-- Payouts of first clicks that moved to another click. Their rejudgement stays 0: money has no history by rejudgement.
CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.verdict_payouts_to_quarter_hours TO trackly.rollup_quarter_hours AS
SELECT
  line.account_id AS account_id,
  toStartOfFifteenMinutes(line.sent_at) AS sent_quarter_hour,
  toStartOfFifteenMinutes(line.clicked_at) AS quarter_hour,
  line.campaign_id AS campaign_id,
  line.variant_id AS variant_id,
  line.domain AS domain,
  line.creative_id AS creative_id,
  line.offer_id AS offer_id,
  money_by,
  line.currency AS currency,
  sum(line.sign * line.payout) AS payout
FROM trackly.verdicts AS line
ARRAY JOIN ['click', 'conversion'] AS money_by
WHERE line.payout != 0
GROUP BY account_id, sent_quarter_hour, quarter_hour, campaign_id, variant_id, domain, creative_id, offer_id, money_by, currency;

CREATE MATERIALIZED VIEW IF NOT EXISTS trackly.verdict_payouts_to_links TO trackly.rollup_links AS
SELECT
  line.account_id AS account_id,
  toStartOfFifteenMinutes(line.sent_at) AS sent_quarter_hour,
  toStartOfFifteenMinutes(line.clicked_at) AS quarter_hour,
  line.message_id AS message_id,
  line.link_id AS link_id,
  line.link_key AS link_key,
  line.offer_id AS offer_id,
  line.creative_id AS creative_id,
  line.campaign_id AS campaign_id,
  line.variant_id AS variant_id,
  line.domain AS domain,
  money_by,
  line.currency AS currency,
  sum(line.sign * line.payout) AS payout
FROM trackly.verdicts AS line
ARRAY JOIN ['click', 'conversion'] AS money_by
WHERE line.payout != 0
GROUP BY account_id, sent_quarter_hour, quarter_hour, message_id, link_id, link_key, offer_id, creative_id, campaign_id, variant_id, domain, money_by, currency;
