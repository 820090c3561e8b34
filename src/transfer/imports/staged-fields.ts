/**
 * Rows of an import between reading and applying: the columns of the table that they are for, and what tells them apart.
 * A worker moves them by SQL (apply-sql.ts). Pure.
 */
import { type Column, defineColumns, omitColumns } from '../../clickhouse/columns.ts';
import type { CountedClick } from '../../clicks/click-fields.ts';
import { CLICK_FIELDS } from '../../clicks/click-fields.ts';
import { type BookedLine, CONVERSION_FIELDS } from '../../conversions/conversion-fields.ts';
import { SEND_FIELDS, type SendLine } from '../../messages/send-fields.ts';

/** What a staged row has beside the columns of its table. */
export interface Staged {
  import_id: string;
  /** Line of the file. */
  line_no: number;
  /**
   * What identifies the row within its account: `d` and a hash of the source's own id, or `c` and a hash of all that it
   * says, which several rows may have.
   */
  row_key: string;
  /** Host and code of its old link; '' without one. */
  old_link: string;
}

export interface StagedOf {
  staged: Staged;
}

const STAGED = defineColumns<StagedOf>()({
  line_no: {
    type: 'UInt32',
    personal: 'none',
    meaning: 'Line of the file',
    value: ({ staged }) => staged.line_no,
  },
  row_key: {
    type: 'String',
    personal: 'none',
    meaning: 'What identifies the row within its account: a hash',
    value: ({ staged }) => staged.row_key,
  },
  old_link: {
    type: 'String',
    personal: 'none',
    meaning: 'Host and code of its old link; empty without one',
    value: ({ staged }) => staged.old_link,
  },
});

const import_id = {
  ...CLICK_FIELDS.import_id,
  value: ({ staged }: StagedOf) => staged.import_id,
} as const satisfies Column<StagedOf>;

export type StagedClick = CountedClick & StagedOf;
export type StagedSend = SendLine & StagedOf;
export type StagedConversion = BookedLine & StagedOf & { pseudonym?: string | undefined };

export const STAGED_CLICK_FIELDS = defineColumns<StagedClick>()({
  ...CLICK_FIELDS,
  ...{ import_id, ...STAGED },
});
export const STAGED_SEND_FIELDS = defineColumns<StagedSend>()({
  ...SEND_FIELDS,
  ...{ import_id, ...STAGED },
});
export const STAGED_CONVERSION_FIELDS = defineColumns<StagedConversion>()({
  ...CONVERSION_FIELDS,
  ...{ import_id, ...STAGED },
});

/** Columns that are the same in the staged rows and in their table. */
export const MOVED_COLUMNS = {
  clicks: Object.keys(omitColumns(CLICK_FIELDS, ['inserted_at'])),
  sends: Object.keys(omitColumns(SEND_FIELDS, ['inserted_at'])),
  conversions: Object.keys(omitColumns(CONVERSION_FIELDS, ['inserted_at'])),
} as const;
