/** Annotations over a chart: a button for each period that has any; the pointer and the focus show what was noted. */
import type { JSX } from 'react';
import { time } from '../format.ts';
import type { Mark } from '../marks.ts';
import { t } from '../strings/strings.ts';
import './figures.css';

export interface MarksProps {
  marks: readonly Mark[];
  /** Where they are, in pixels from the left; a mark without a place is not drawn yet. */
  lefts: readonly number[];
  /** Of the chart. */
  width: number;
}

export function Marks({ marks, lefts, width }: MarksProps): JSX.Element | null {
  if (marks.length === 0) return null;
  return (
    <ul className="marks" aria-label={t.pages.annotations}>
      {marks.map((mark, i) => {
        const left = lefts[i];
        return (
          left !== undefined && (
            <li
              key={mark.index}
              className={left > width / 2 ? 'end' : undefined}
              style={{ left: `${left}px` }}
            >
              <button
                type="button"
                aria-label={mark.notes
                  .map(({ at_ms, text }) => `${time(at_ms, 'short')}: ${text}`)
                  .join('; ')}
                onKeyDown={({ key, currentTarget }) => {
                  if (key === 'Escape') currentTarget.blur();
                }}
              />
              <div aria-hidden="true">
                {mark.notes.map(({ at_ms, text }) => (
                  <p key={`${at_ms} ${text}`}>
                    <span className="note">{time(at_ms, 'short')}</span> {text}
                  </p>
                ))}
              </div>
            </li>
          )
        );
      })}
    </ul>
  );
}
