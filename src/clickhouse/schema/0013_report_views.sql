-- Report views, for analysts' own SQL. GET /v2/reports/… returns the same numbers for a range, a time zone and filters.
--
-- A plain sum of a column of any view is what its name says: one row for each item, so no count is repeated, and each
-- amount of money stands once, in a map from its currency to the amount, which sum() refuses: revenue['EUR'] is one
-- currency, sumMap(revenue) adds up all, each for itself.
--
-- The first views are written from the definitions of the reports, see src/clickhouse/report-view-sql.ts: {report_view:…}
-- is replaced by a whole statement. Rows without an id are left out: messages without a campaign are not in
-- report_campaigns.
--
-- report_clicks and report_conversions have one row for each click and conversion, in its current state.
--
-- {columns:…} and {select:…} are replaced by the columns of a view and by what it selects: the columns of its
-- table that are marked as reported, see src/clickhouse/report-columns.ts.

{report_view:campaigns};

{report_view:variants};

{report_view:domains};

{report_view:creatives};

{report_view:offers};

{report_view:messages};

{report_view:links};

{report_view:hours};

-- The same over a range and in a time zone.

{report_view:campaigns_in};

{report_view:variants_in};

{report_view:domains_in};

{report_view:creatives_in};

{report_view:offers_in};

{report_view:messages_in};

{report_view:links_in};

{report_view:hours_in};

{report_view:days_in};

CREATE VIEW IF NOT EXISTS trackly.report_clicks (
  {columns:report_clicks}
)
AS SELECT
  {select:report_clicks}
FROM trackly.clicks AS click
LEFT ANY JOIN (
  SELECT * FROM trackly.verdicts WHERE sign = 1 ORDER BY change DESC LIMIT 1 BY account_id, click_id
) AS line ON line.account_id = click.account_id AND line.click_id = click.click_id
COMMENT 'Each click with its current verdict. Filter by account_id and clicked_at in WHERE: then only these clicks and their verdicts are read.';

CREATE VIEW IF NOT EXISTS trackly.report_conversions (
  {columns:report_conversions}
)
AS SELECT
  {select:report_conversions}
FROM trackly.conversions AS ledger
GROUP BY ledger.account_id, ledger.transaction, ledger.offer_id, ledger.conversion_id, ledger.line
HAVING sum(ledger.sign) > 0
COMMENT 'Each conversion as it stands now, with what it is credited to, or the reason why it is not credited.';

CREATE VIEW IF NOT EXISTS trackly.report_refused (
  {columns:report_refused}
)
AS SELECT
  {select:report_refused}
FROM trackly.refused_taps AS tap
LEFT ANY JOIN (
  SELECT account_id AS owner, id AS item_id, name FROM trackly.catalog FINAL WHERE kind = 'offer'
) AS offer ON offer.owner = tap.account_id AND offer.item_id = tap.offer_id
LEFT ANY JOIN (
  SELECT account_id AS owner, id AS item_id, name FROM trackly.catalog FINAL WHERE kind = 'campaign'
) AS campaign ON campaign.owner = tap.account_id AND campaign.item_id = tap.campaign_id
COMMENT 'Each tap that named a link and did not reach its destination: a paused offer, an expired link, a wrong domain … with the answer that it got. It is in no other count, but where is_click is 1.';

-- The data behind the views above, for questions that these do not answer.

CREATE VIEW IF NOT EXISTS trackly.report_sends (
  {columns:report_sends}
)
AS SELECT
  {select:report_sends}
FROM trackly.sends
COMMENT 'Every message that was created, one row each, until it expires.';

CREATE VIEW IF NOT EXISTS trackly.report_verdicts (
  {columns:report_verdicts}
)
AS SELECT
  {select:report_verdicts}
FROM trackly.verdicts
COMMENT 'Verdicts that changed after the click was counted: one line reverses the old verdict, one books the new one. report_clicks has the current verdict.';

CREATE VIEW IF NOT EXISTS trackly.report_rejudgements (
  account_id LowCardinality(String) COMMENT 'Account whose clicks were rejudged',
  rejudgement UInt32 COMMENT 'Number of the rejudgement; later ones have higher numbers',
  rules_version LowCardinality(String) COMMENT 'Version of the bot rules that was applied',
  from_at DateTime('UTC') COMMENT 'Start of the range of clicked_at, included, UTC',
  to_at DateTime('UTC') COMMENT 'End of the range, not included, UTC',
  clicks UInt64 COMMENT 'Clicks that were judged',
  changed UInt64 COMMENT 'Clicks that changed (verdict, score, reasons, network, country or first click), including clicks on the same messages outside the range',
  finished_at DateTime64(3, 'UTC') COMMENT 'When it was finished, UTC'
)
AS SELECT
  account_id,
  rejudgement,
  rules_version,
  from_at,
  to_at,
  clicks,
  changed,
  finished_at
FROM trackly.rejudgements
COMMENT 'Every rejudgement, with its range of clicks and the version of the rules.';

CREATE VIEW IF NOT EXISTS trackly.report_quarter_hours (
  account_id LowCardinality(String) COMMENT 'Account',
  sent_quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes, UTC, of sent_at of the message; of a link outside a message, of its creation',
  quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes, UTC, of sent_at (sends) or of the click (clicks, and money that they earned)',
  campaign_id LowCardinality(String) COMMENT 'Campaign; empty without one',
  variant_id LowCardinality(String) COMMENT 'Arm of the campaign''s A/B test; empty without one',
  domain LowCardinality(String) COMMENT 'Tracking domain: of the message (sends), tapped (clicks), of the link that earned (money)',
  creative_id LowCardinality(String) COMMENT 'Creative; empty without one',
  offer_id LowCardinality(String) COMMENT 'Offer; empty on rows that count messages, and for links without an offer',
  rejudgement UInt32 COMMENT '0: counted with the first verdict. Otherwise the rejudgement whose difference this row adds',
  messages_sent Int64 COMMENT 'Messages, counted on the rows with an empty offer_id',
  offers_sent Int64 COMMENT 'Messages with at least one link to the offer, once for each of their offers',
  links_sent Int64 COMMENT 'Links of messages, counted on the rows of their offers; a link without an offer on the row with an empty offer_id',
  messages_delivered Int64 COMMENT 'Messages whose state is delivered, counted as messages_sent is; quarter_hour is that of the delivery',
  messages_failed Int64 COMMENT 'Messages whose state is failed or undelivered, likewise',
  messages_opted_out Int64 COMMENT 'Messages whose recipient opted out by an event of them, likewise',
  offers_delivered Int64 COMMENT 'Delivered messages, counted as offers_sent is',
  offers_failed Int64 COMMENT 'Failed messages, counted as offers_sent is',
  offers_opted_out Int64 COMMENT 'Messages with an opt-out, counted as offers_sent is',
  links_delivered Int64 COMMENT 'Links of delivered messages, counted as links_sent is',
  links_failed Int64 COMMENT 'Links of failed messages, counted as links_sent is',
  links_opted_out Int64 COMMENT 'Links of messages with an opt-out, counted as links_sent is',
  clicks_total UInt64 COMMENT 'All clicks',
  clicks_human Int64 COMMENT 'Clicks judged human',
  clicks_bot Int64 COMMENT 'Clicks judged bot',
  first_clicks Int64 COMMENT 'First human clicks of a contact on a message',
  first_offer_clicks Int64 COMMENT 'First human clicks of a contact on an offer within a message',
  conversions Int64 COMMENT 'Conversions in all currencies; refunds and chargebacks are not counted',
  {columns:money_of_rollup}
)
AS SELECT
  account_id,
  sent_quarter_hour,
  quarter_hour,
  campaign_id,
  variant_id,
  domain,
  creative_id,
  offer_id,
  rejudgement,
  messages_sent,
  offers_sent,
  links_sent,
  messages_delivered,
  messages_failed,
  messages_opted_out,
  offers_delivered,
  offers_failed,
  offers_opted_out,
  links_delivered,
  links_failed,
  links_opted_out,
  clicks_total,
  clicks_human,
  clicks_bot,
  first_clicks,
  first_offer_clicks,
  conversions,
  {select:money_of_rollup}
FROM trackly.rollup_quarter_hours AS rollup
WHERE rollup.money_by != 'conversion'
COMMENT 'Sends, clicks and money by quarter of an hour of the message and of the event, campaign, variant, domain, creative and offer. Always use sum() and sumMap(): several rows may have the same key.';

CREATE VIEW IF NOT EXISTS trackly.report_converted_quarter_hours (
  account_id LowCardinality(String) COMMENT 'Account',
  sent_quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes, UTC, of sent_at of the message that earned it',
  quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes, UTC, of the conversion; of a payout for a first click, of the click',
  campaign_id LowCardinality(String) COMMENT 'Campaign; empty without one',
  variant_id LowCardinality(String) COMMENT 'Arm of the campaign''s A/B test; empty without one',
  domain LowCardinality(String) COMMENT 'Tracking domain of the link that earned',
  creative_id LowCardinality(String) COMMENT 'Creative; empty without one',
  offer_id LowCardinality(String) COMMENT 'Offer; empty without one',
  conversions Int64 COMMENT 'Conversions in all currencies; refunds and chargebacks are not counted',
  {columns:money_of_rollup}
)
AS SELECT
  account_id,
  sent_quarter_hour,
  quarter_hour,
  campaign_id,
  variant_id,
  domain,
  creative_id,
  offer_id,
  conversions,
  {select:money_of_rollup}
FROM trackly.rollup_quarter_hours AS rollup
WHERE rollup.money_by = 'conversion'
COMMENT 'The money of report_quarter_hours by the time of the conversion instead of that of its click. Never add the two views. Always use sum() and sumMap(): several rows may have the same key.';

CREATE VIEW IF NOT EXISTS trackly.report_networks (
  account_id LowCardinality(String) COMMENT 'Account',
  quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes of clicked_at, UTC',
  campaign_id LowCardinality(String) COMMENT 'Campaign; empty without one',
  asn UInt32 COMMENT 'Autonomous system (network) of the address; 0 if unknown',
  network String COMMENT 'Organisation that runs the network; empty if unknown',
  country LowCardinality(String) COMMENT 'Country of the address, ISO 3166; empty if unknown',
  rules_version LowCardinality(String) COMMENT 'Version of the bot rules that the clicks were first judged under; empty on rows of later rejudgements',
  rejudgement UInt32 COMMENT '0: counted with the first verdict. Otherwise the rejudgement whose difference this row adds',
  clicks_total Int64 COMMENT 'All clicks',
  clicks_human Int64 COMMENT 'Clicks judged human',
  clicks_bot Int64 COMMENT 'Clicks judged bot',
  first_clicks Int64 COMMENT 'First human clicks of a contact on a message',
  suspicious_first_clicks Int64 COMMENT 'First clicks that were suspicious: 80 points or more, but not judged bot'
)
AS SELECT
  account_id,
  quarter_hour,
  campaign_id,
  asn,
  ifNull(named.network, '') AS network,
  country,
  rules_version,
  rejudgement,
  clicks_total,
  clicks_human,
  clicks_bot,
  first_clicks,
  suspicious_first_clicks
FROM trackly.rollup_networks
LEFT ANY JOIN (SELECT asn AS number, network FROM trackly.networks FINAL) AS named ON named.number = asn
COMMENT 'Clicks by quarter of an hour, campaign, network and country. Always use sum(): several rows may have the same key.';

CREATE VIEW IF NOT EXISTS trackly.report_breakdowns (
  account_id LowCardinality(String) COMMENT 'Account',
  sent_quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes, UTC, of sent_at of the message; of a link outside a message, of its creation',
  quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes of clicked_at, UTC',
  campaign_id LowCardinality(String) COMMENT 'Campaign; empty without one',
  variant_id LowCardinality(String) COMMENT 'Arm of the campaign''s A/B test; empty without one',
  creative_id LowCardinality(String) COMMENT 'Creative; empty without one',
  offer_id LowCardinality(String) COMMENT 'Offer that the tap was led to; empty without one',
  domain LowCardinality(String) COMMENT 'Host that was tapped',
  country LowCardinality(String) COMMENT 'Country of the address, ISO 3166; empty if unknown',
  device LowCardinality(String) COMMENT 'phone, tablet, desktop or other',
  os LowCardinality(String) COMMENT 'System of the device: iOS, Android, Windows …; other for rare ones',
  browser LowCardinality(String) COMMENT 'Browser: Safari, Chrome, Samsung Internet …; in an app, the one that it is built on; other for rare ones',
  in_app LowCardinality(String) COMMENT 'App that showed the page itself: Instagram, Facebook, TikTok …; other for one that does not say its name; empty in a browser',
  asn UInt32 COMMENT 'Autonomous system (network) of the address; 0 if unknown',
  network String COMMENT 'Organisation that runs the network; empty if unknown',
  rejudgement UInt32 COMMENT '0: counted with the first verdict. Otherwise the rejudgement whose difference this row adds',
  clicks_human Int64 COMMENT 'Clicks judged human',
  first_clicks Int64 COMMENT 'First human clicks of a contact on a message',
  first_offer_clicks Int64 COMMENT 'First human clicks of a contact on an offer within a message'
)
AS SELECT
  account_id,
  sent_quarter_hour,
  quarter_hour,
  campaign_id,
  variant_id,
  creative_id,
  offer_id,
  domain,
  {tapped_with_part:country} AS country,
  {tapped_with_part:device} AS device,
  {tapped_with_part:os} AS os,
  {tapped_with_part:browser} AS browser,
  {tapped_with_part:in_app} AS in_app,
  asn,
  ifNull(named.network, '') AS network,
  rejudgement,
  clicks_human,
  first_clicks,
  first_offer_clicks
FROM trackly.rollup_breakdowns
LEFT ANY JOIN (SELECT asn AS number, network FROM trackly.networks FINAL) AS named ON named.number = asn
COMMENT 'Human clicks by quarter of an hour of the message and of the click, item, domain, country, device, system, browser, app and network. Always use sum(): several rows may have the same key. Bots are in report_networks.';

CREATE VIEW IF NOT EXISTS trackly.report_bot_reasons (
  account_id LowCardinality(String) COMMENT 'Account',
  quarter_hour DateTime('UTC') COMMENT 'Start of the 15 minutes of clicked_at, UTC',
  campaign_id LowCardinality(String) COMMENT 'Campaign; empty without one',
  rejudgement UInt32 COMMENT '0: counted with the first verdict. Otherwise the rejudgement whose difference this row adds',
  clicks_by_reason Map(LowCardinality(String), Int64) COMMENT 'Clicks judged bot, by reason, kind:detail; a click counts under each of its reasons',
  clicks_by_kind Map(LowCardinality(String), Int64) COMMENT 'Clicks judged bot, by kind of reason: user_agent, network …; a click counts once under each kind'
)
AS SELECT
  account_id,
  quarter_hour,
  campaign_id,
  rejudgement,
  if(counted_by = 'reason', map(value, clicks_bot), CAST(map(), 'Map(LowCardinality(String), Int64)')) AS clicks_by_reason,
  if(counted_by = 'kind', map(value, clicks_bot), CAST(map(), 'Map(LowCardinality(String), Int64)')) AS clicks_by_kind
FROM trackly.rollup_bots
WHERE counted_by IN ('reason', 'kind')
COMMENT 'Bot clicks by quarter of an hour, campaign and reason. Use sumMap(): a click has several reasons, so clicks of several reasons are never added; report_networks counts each click once.';

CREATE VIEW IF NOT EXISTS trackly.report_catalog (
  account_id LowCardinality(String) COMMENT 'Account',
  kind LowCardinality(String) COMMENT 'offer, creative or campaign',
  id String COMMENT 'Its id: offer_id, creative_id or campaign_id of the other views',
  name String COMMENT 'Its name',
  body String COMMENT 'Text of a creative, with its placeholders; empty for others',
  status LowCardinality(String) COMMENT 'active, paused or archived; empty where it has none',
  changed_at DateTime('UTC') COMMENT 'When it was created or last changed, UTC'
)
AS SELECT
  account_id,
  kind,
  id,
  name,
  body,
  status,
  changed_at
FROM trackly.catalog FINAL
COMMENT 'Names of offers, creatives and campaigns, as they are now, for joins with the other views.';
