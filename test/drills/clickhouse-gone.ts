/** ClickHouse is killed: clicks wait in Redis, reports stand still. */
import type { Drill } from '../support/drills/drill.ts';

export const clickhouseGone: Drill = {
  name: 'clickhouse-gone',
  about: 'ClickHouse gone',
  async run(stage) {
    await stage.open();
    const clickhouse = stage.installation.named('clickhouse');
    await stage.fault({
      alarm: 'TracklyClickHouseAway',
      also: ['TracklyReportsBehind', 'TracklyBatchesFail'],
      cause: () => clickhouse.program.kill(),
      heal: () => clickhouse.start(),
    });
  },
};
