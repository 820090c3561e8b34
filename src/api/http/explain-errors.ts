/** What a route that reads ClickHouse answers where a question can't be asked or ClickHouse is away. */
import { ClickHouseUnavailableError } from '../../reports/ask-clickhouse.ts';
import { InvalidReportError } from '../../reports/report-range.ts';
import { RowsMissingError } from '../../reports/shards-read.ts';
import { ApiError } from './errors.ts';

/** Turns errors of the reports into ApiErrors. */
export async function explainErrors<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof InvalidReportError) throw new ApiError('invalid_request', error.message);
    if (error instanceof ClickHouseUnavailableError || error instanceof RowsMissingError) {
      throw new ApiError('unavailable', error.message);
    }
    throw error;
  }
}
