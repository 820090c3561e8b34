/** The rows of a report as a file. */
import type { JSX } from 'react';
import { addressOf } from '../api.ts';
import { t } from '../strings/strings.ts';

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

/** Reports that are also workbooks. */
const WORKBOOKS = /^\/v2\/reports\/(?:messages|offers|creatives|campaigns|variants|domains|links|hours)$/;
