/** Which columns readers outside see: a box for each. */
import type { JSX } from 'react';
import type { Values } from '../drafts.ts';
import { t } from '../strings/strings.ts';
import { type ColumnName, titles, USUAL } from './sharing-columns.ts';

const BOX = 'column.';

export function ColumnChoice({ chosen = USUAL }: { chosen?: readonly ColumnName[] }): JSX.Element {
  return (
    <fieldset className="columns">
      <legend>{t.views.columns}</legend>
      {Object.entries(titles()).map(([column, title]) => (
        <label key={column} className="check">
          <input
            type="checkbox"
            className="tick"
            name={`${BOX}${column}`}
            defaultChecked={chosen.includes(column as ColumnName)}
          />
          <span>{title}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** In the order of the boxes. */
export const columnsOf = (values: Values): string[] =>
  Object.keys(titles()).filter((column) => values[`${BOX}${column}`] !== undefined);
