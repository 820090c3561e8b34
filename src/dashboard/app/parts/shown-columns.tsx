/** The columns of a list: which of them it shows is the reader's choice, and is kept in this browser. */
import { type JSX, useId, useState } from 'react';
import { keepColumns, readColumns } from '../columns-shown.ts';
import { t } from '../strings/strings.ts';
import type { Column } from './table.tsx';

export interface Shown {
  names: readonly string[];
  /** undefined: the usual ones. */
  choose: (names: readonly string[] | undefined) => void;
}

export function useShown(list: string, usual: readonly string[]): Shown {
  const [names, setNames] = useState(() => readColumns(localStorage, list));
  return {
    names: names ?? usual,
    choose: (chosen) => {
      keepColumns(localStorage, list, chosen);
      setNames(chosen);
    },
  };
}

/** A button that opens a box for each column. */
export function ShownColumns({
  columns,
  shown: { names, choose },
}: {
  /** Those that may be left out. */
  columns: readonly Pick<Column<never>, 'name' | 'title'>[];
  shown: Shown;
}): JSX.Element {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <>
      <button type="button" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        {t.list.columns}
      </button>
      <fieldset id={id} className="columns chosen" hidden={!open}>
        <legend>{t.list.columns_shown}</legend>
        {columns.map(({ name, title }) => (
          <label key={name} className="check">
            <input
              type="checkbox"
              className="tick"
              checked={names.includes(name)}
              onChange={({ target }) =>
                choose([...names.filter((one) => one !== name), ...(target.checked ? [name] : [])])
              }
            />
            <span>{title}</span>
          </label>
        ))}
        <p className="note">{t.list.columns_note}</p>
        <button type="button" onClick={() => choose(undefined)}>
          {t.list.columns_usual}
        </button>
      </fieldset>
    </>
  );
}
