/** `npm run -s analyst-sql`: prints the SQL for a ClickHouse server of one's own; see server-sql.ts. */

import { analystSql } from '../analysts/server-sql.ts';
import { keptPasswords } from '../clickhouse/embedded/passwords.ts';
import { readConfig } from '../config.ts';

const { analyst } = await keptPasswords(readConfig().data_dir);
process.stdout.write(analystSql(analyst));
