/** The query parameter of files that people open in a spreadsheet. */
import { z } from 'zod';
import type { CsvFor } from '../../reports/report-csv.ts';

export const bom = z
  .enum(['0', '1'])
  .default('0')
  .describe('With format=csv, 1: begin with a byte order mark, by which Excel reads UTF-8');

/** For the rows of a report or list. */
export const forPeople = (query: { bom: z.output<typeof bom> }): CsvFor => ({
  reader: 'people',
  bom: query.bom === '1',
});
