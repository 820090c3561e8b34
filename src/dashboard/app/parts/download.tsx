/** The rows of a report as a file. */
import type { JSX } from 'react';
import { addressOf } from '../api.ts';
import { t } from '../strings/strings.ts';
import { notify } from './notify.ts';

export function DownloadCsv({
  path,
  asked,
  name,
  inline,
}: {
  path: string;
  asked: object;
  /** Of the file, without its ending. */
  name: string;
  /** In a sentence. */
  inline?: boolean;
}): JSX.Element {
  const file = (format: 'csv' | 'xlsx', title: string): JSX.Element => (
    <a
      className={inline ? undefined : 'button'}
      href={addressOf(path, { ...asked, format })}
      download={`${name}.${format}`}
    >
      {title}
    </a>
  );
  return (
    <>
      {file('csv', t.shared.download_csv)}
      {!inline && WORKBOOKS.test(path) && file('xlsx', t.views.excel)}
    </>
  );
}

/** Rows that the page has, where the API has no file of them. */
export function DownloadRows({
  rows,
  name,
  of,
}: {
  rows: readonly object[];
  name: string;
  of: string;
}): JSX.Element {
  return (
    <button
      type="button"
      className="quiet"
      onClick={() => {
        import('../file.ts').then(
          ({ csvFile, csvOfRows, save }) => save(`${name}.csv`, csvFile(csvOfRows(rows))),
          ({ message }: Error) => notify({ text: message }),
        );
      }}
    >
      {t.shared.download_csv}
      <span className="hidden">{`: ${of}`}</span>
    </button>
  );
}

/** Reports that are also workbooks. */
const WORKBOOKS = /^\/v2\/reports\/(?:messages|offers|creatives|campaigns|variants|domains|links|hours)$/;
