/**
 * The first of a list that may be long, so that what stands below it is near, and the others on demand: then the first of
 * these has the focus, and reading goes on from there.
 */
import { type JSX, type ReactNode, useEffect, useRef, useState } from 'react';
import { count } from '../format.ts';
import { t } from '../strings/strings.ts';

/** Of each list. */
export const FIRST = 10;
/** Fewer are not worth a button. */
const HIDDEN_MIN = 3;

export interface FirstOfProps<T> {
  /** What is here of the list. */
  rows: readonly T[];
  /** Of the whole list, of which the page may have only the first ones. */
  total?: number;
  /** The most that `asked` brings. */
  most?: number;
  /** Is to bring the others. */
  asked?: () => void;
  /** What each row is, as a selector. */
  item?: string;
  show: (rows: readonly T[]) => ReactNode;
}

export function FirstOf<T>(props: FirstOfProps<T>): JSX.Element {
  const { rows, total = rows.length, most = total, asked, item = 'tbody > tr', show } = props;
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  /** What was pressed for is still to be done: the others may have to come first. */
  const pressed = useRef(false);
  const has_more = rows.length > FIRST;
  useEffect(() => {
    if (!pressed.current || (open && !has_more)) return;
    pressed.current = false;
    const next = open ? box.current?.querySelectorAll<HTMLElement>(item)[FIRST] : undefined;
    if (next === undefined) button.current?.scrollIntoView({ block: 'nearest' });
    else {
      next.tabIndex = -1;
      next.focus();
    }
  }, [open, has_more, item]);
  const folds = total >= FIRST + HIDDEN_MIN;
  const all = Math.min(total, most);
  return (
    <div ref={box}>
      {show(folds && !open ? rows.slice(0, FIRST) : rows)}
      {folds && (
        <p>
          <button
            ref={button}
            type="button"
            aria-expanded={open}
            onClick={() => {
              pressed.current = true;
              asked?.();
              setOpen(!open);
            }}
          >
            {open ? t.first_of.fewer : all < total ? t.first_of.some(count(all)) : t.first_of.all(count(all))}
          </button>
        </p>
      )}
    </div>
  );
}
