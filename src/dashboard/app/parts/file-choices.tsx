/** How a CSV is read that was dropped: which column is which, and what its dates, times and amounts mean. */
import type { JSX, ReactNode } from 'react';
import type { CsvHead } from '../csv-head.ts';
import { t } from '../strings/strings.ts';
import { Select, Text } from './plain-fields.tsx';

/** The choices that every kind of file has; '' leaves one to the API. */
export interface ReadAs {
  dates: '' | 'dmy' | 'mdy';
  tz: string;
  currency: string;
}

interface HowToReadProps {
  choices: ReadAs;
  put: (changes: Partial<ReadAs>) => void;
  /** Choices of this kind of file alone, before those of every kind. */
  children?: ReactNode;
}

export const HowToRead = ({
  choices: { dates, tz, currency },
  put,
  children,
}: HowToReadProps): JSX.Element => (
  <fieldset className="row">
    <legend>{t.reconcile.how_to_read}</legend>
    {children}
    <Select
      label={t.reconcile.dates}
      value={dates}
      choices={[
        ['', t.reconcile.by_itself],
        ['dmy', '28.11.2026'],
        ['mdy', '11/28/2026'],
      ]}
      chosen={(chosen) => put({ dates: chosen })}
    />
    <Text label={t.account.time_zone} value={tz} typed={(typed) => put({ tz: typed })} />
    <Text
      label={t.make.currency}
      placeholder="USD"
      value={currency}
      typed={(typed) => put({ currency: typed })}
    />
  </fieldset>
);

interface WhichColumnProps<Field extends string> {
  /** Each with what it is called. */
  fields: readonly (readonly [field: Field, label: string])[];
  head: CsvHead;
  columns: Readonly<Partial<Record<Field, string>>>;
  put: (columns: Partial<Record<Field, string>>) => void;
}

/** A choice of the file's own titles for each field. */
export function WhichColumn<Field extends string>(props: WhichColumnProps<Field>): JSX.Element {
  const { fields, head, columns, put } = props;
  const titles = [...new Set(head.columns)].filter((title) => title !== '');
  return (
    <fieldset className="row">
      <legend>{t.reconcile.columns}</legend>
      {fields.map(([field, label]) => (
        <Select
          key={field}
          label={label}
          value={columns[field] ?? ''}
          choices={[['', t.reconcile.by_itself] as const, ...titles.map((title) => [title, title] as const)]}
          chosen={(title) => {
            const next: Partial<Record<Field, string>> = { ...columns };
            delete next[field];
            put(title === '' ? next : { ...next, [field]: title });
          }}
        />
      ))}
    </fieldset>
  );
}

/** The columns that were chosen, as the API takes them in an address. */
export const columnParameters = (columns: Readonly<Partial<Record<string, string>>>): object =>
  Object.fromEntries(Object.entries(columns).map(([field, title]) => [`${field}_column`, title]));
