/** A CSV, dropped or chosen, and its first lines. */
import { type DragEvent, type JSX, useState } from 'react';
import { type CsvHead, csvHead } from '../csv-head.ts';
import { t } from '../strings/strings.ts';
import { Table } from './table.tsx';

/** Enough for the lines that are shown. */
const HEAD_BYTES = 64 * 1024;
const ROWS_SHOWN = 5;

export interface ChosenFile {
  file: File;
  head: CsvHead;
}

export interface FileDropProps {
  /** In place of the name of a file, while none is chosen. */
  text: string;
  chosen: ChosenFile | undefined;
  take: (chosen: ChosenFile) => void;
  failed: (error: Error) => void;
}

export function FileDrop({ text, chosen, take, failed }: FileDropProps): JSX.Element {
  const [over, setOver] = useState(false);
  const read = (file: File | undefined): void => {
    if (file === undefined) return;
    file
      .slice(0, HEAD_BYTES)
      .text()
      .then((begin) => take({ file, head: csvHead(begin, ROWS_SHOWN) }), failed);
  };
  const dropped = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    read(event.dataTransfer?.files[0] ?? undefined);
  };
  return (
    <label
      className={over ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={dropped}
    >
      <span>{chosen === undefined ? text : t.reconcile.other(chosen.file.name)}</span>
      <input
        type="file"
        accept=".csv,.tsv,.txt,text/csv"
        onChange={({ currentTarget }) => read(currentTarget.files?.[0] ?? undefined)}
      />
    </label>
  );
}

export function FirstLines({ head: { columns, rows } }: { head: CsvHead }): JSX.Element {
  return (
    <>
      <h3>{t.reconcile.first_lines}</h3>
      <Table
        caption={t.reconcile.first_lines}
        columns={columns.map((title, at) => ({
          name: '',
          title: title === '' ? `(${at + 1})` : title,
          show: (row: string[]) => row[at] ?? '',
        }))}
        rows={rows}
      />
    </>
  );
}
