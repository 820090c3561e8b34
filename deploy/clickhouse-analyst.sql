-- Read-only users for analysts on a ClickHouse server of your own, one account's rows each.
--
-- NOT RUN ON A SERVER YET: every statement was checked by ClickHouse's own parser only (test/integration/analyst-sql.test.ts).
-- The embedded engine needs none of this: there, ANALYST_PORT does the same.
--
-- Run it once, after Trackly Links has started and made its tables, as a user who may manage access:
--   clickhouse-client --queries-file deploy/clickhouse-analyst.sql
-- It may be run again, and has to be after an update that adds a table. On a cluster add ON CLUSTER to every statement.
-- Then, for each analyst, a user whose name is the account's id, with anything behind a slash:
--   CREATE USER IF NOT EXISTS `acc_1234567890abcd/ann` IDENTIFIED WITH sha256_password BY 'choose one' DEFAULT ROLE trackly_analyst;
--   GRANT trackly_analyst TO `acc_1234567890abcd/ann`;
--
-- Row policies come before everything that a statement computes: not even an error message shows a foreign row. Views
-- read with the rights of who asks, so the policies of the tables hold for them too.

CREATE ROLE IF NOT EXISTS trackly_analyst;

-- Tools set settings of their own, so these may be changed, but not beyond their limits.
CREATE SETTINGS PROFILE OR REPLACE trackly_analyst SETTINGS
  readonly = 2 CONST,
  allow_ddl = 0 CONST,
  max_execution_time = 30 MAX 30,
  max_memory_usage = 1073741824 MAX 1073741824,
  max_result_rows = 1000000 MAX 1000000,
  max_result_bytes = 268435456 MAX 268435456,
  max_temporary_data_on_disk_size_for_query = 1073741824 MAX 1073741824,
  max_threads = 4 MAX 4
  TO trackly_analyst;

CREATE QUOTA OR REPLACE trackly_analyst KEYED BY user_name
  FOR INTERVAL 1 minute MAX queries = 600, execution_time = 120
  TO trackly_analyst;

GRANT SELECT ON trackly.clicks TO trackly_analyst;
GRANT SELECT ON trackly.sends TO trackly_analyst;
GRANT SELECT ON trackly.conversions TO trackly_analyst;
GRANT SELECT ON trackly.verdicts TO trackly_analyst;
GRANT SELECT ON trackly.judgements TO trackly_analyst;
GRANT SELECT ON trackly.rollup_quarter_hours TO trackly_analyst;
GRANT SELECT ON trackly.rollup_links TO trackly_analyst;
GRANT SELECT ON trackly.rollup_variants TO trackly_analyst;
GRANT SELECT ON trackly.rollup_networks TO trackly_analyst;
GRANT SELECT ON trackly.rollup_bot_reasons TO trackly_analyst;

GRANT SELECT ON trackly.report_campaigns TO trackly_analyst;
GRANT SELECT ON trackly.report_variants TO trackly_analyst;
GRANT SELECT ON trackly.report_creatives TO trackly_analyst;
GRANT SELECT ON trackly.report_offers TO trackly_analyst;
GRANT SELECT ON trackly.report_messages TO trackly_analyst;
GRANT SELECT ON trackly.report_links TO trackly_analyst;
GRANT SELECT ON trackly.report_hours TO trackly_analyst;
GRANT SELECT ON trackly.report_clicks TO trackly_analyst;
GRANT SELECT ON trackly.report_conversions TO trackly_analyst;

-- Whoever is no analyst goes on seeing everything. Without these, once a table has a policy, it depends on the
-- server's users_without_row_policies_can_read_rows; and what the system inserts would not reach the views.
CREATE ROW POLICY OR REPLACE trackly_system ON trackly.clicks USING 1 TO ALL EXCEPT trackly_analyst;
CREATE ROW POLICY OR REPLACE trackly_system ON trackly.sends USING 1 TO ALL EXCEPT trackly_analyst;
CREATE ROW POLICY OR REPLACE trackly_system ON trackly.conversions USING 1 TO ALL EXCEPT trackly_analyst;
CREATE ROW POLICY OR REPLACE trackly_system ON trackly.verdicts USING 1 TO ALL EXCEPT trackly_analyst;
CREATE ROW POLICY OR REPLACE trackly_system ON trackly.judgements USING 1 TO ALL EXCEPT trackly_analyst;
CREATE ROW POLICY OR REPLACE trackly_system ON trackly.rollup_quarter_hours USING 1 TO ALL EXCEPT trackly_analyst;
CREATE ROW POLICY OR REPLACE trackly_system ON trackly.rollup_links USING 1 TO ALL EXCEPT trackly_analyst;
CREATE ROW POLICY OR REPLACE trackly_system ON trackly.rollup_variants USING 1 TO ALL EXCEPT trackly_analyst;
CREATE ROW POLICY OR REPLACE trackly_system ON trackly.rollup_networks USING 1 TO ALL EXCEPT trackly_analyst;
CREATE ROW POLICY OR REPLACE trackly_system ON trackly.rollup_bot_reasons USING 1 TO ALL EXCEPT trackly_analyst;

CREATE ROW POLICY OR REPLACE trackly_analyst ON trackly.clicks USING account_id = splitByChar('/', currentUser())[1] TO trackly_analyst;
CREATE ROW POLICY OR REPLACE trackly_analyst ON trackly.sends USING account_id = splitByChar('/', currentUser())[1] TO trackly_analyst;
CREATE ROW POLICY OR REPLACE trackly_analyst ON trackly.conversions USING account_id = splitByChar('/', currentUser())[1] TO trackly_analyst;
CREATE ROW POLICY OR REPLACE trackly_analyst ON trackly.verdicts USING account_id = splitByChar('/', currentUser())[1] TO trackly_analyst;
CREATE ROW POLICY OR REPLACE trackly_analyst ON trackly.judgements USING account_id = splitByChar('/', currentUser())[1] TO trackly_analyst;
CREATE ROW POLICY OR REPLACE trackly_analyst ON trackly.rollup_quarter_hours USING account_id = splitByChar('/', currentUser())[1] TO trackly_analyst;
CREATE ROW POLICY OR REPLACE trackly_analyst ON trackly.rollup_links USING account_id = splitByChar('/', currentUser())[1] TO trackly_analyst;
CREATE ROW POLICY OR REPLACE trackly_analyst ON trackly.rollup_variants USING account_id = splitByChar('/', currentUser())[1] TO trackly_analyst;
CREATE ROW POLICY OR REPLACE trackly_analyst ON trackly.rollup_networks USING account_id = splitByChar('/', currentUser())[1] TO trackly_analyst;
CREATE ROW POLICY OR REPLACE trackly_analyst ON trackly.rollup_bot_reasons USING account_id = splitByChar('/', currentUser())[1] TO trackly_analyst;
