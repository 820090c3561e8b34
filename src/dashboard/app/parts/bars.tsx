/** A list of bars: each is a button that filters, a link to what it counts, or only a figure. */
import type { JSX } from 'react';

export interface BarItem {
  key: string;
  label: string;
  /** Behind the label, smaller. */
  note?: string;
  /** Of the widest bar that there may be, from 0 to 1. */
  share: number;
  /** The figures. */
  text: string;
  /** Whether the page is filtered by it. */
  chosen?: boolean;
  /** `out`: with Alt held, everything but this is wanted. */
  pick?: ((out: boolean) => void) | undefined;
  href?: string;
}

export const Bars = ({ items }: { items: readonly BarItem[] }): JSX.Element => (
  <ul className="bars">
    {items.map((item) => (
      <li key={item.key}>
        <Bar item={item} />
      </li>
    ))}
  </ul>
);

function Bar({ item }: { item: BarItem }): JSX.Element {
  const { label, note, share, text, chosen = false, pick, href } = item;
  const inside = (
    <>
      <span
        className="fill"
        style={{ width: `${Math.max(0, Math.min(1, share)) * 100}%` }}
        aria-hidden="true"
      />
      <span>
        {label}
        {note !== undefined && <span className="note">{` ${note}`}</span>}
      </span>
      <span className="number">{text}</span>
    </>
  );
  if (href !== undefined)
    return (
      <a className="bar" href={href}>
        {inside}
      </a>
    );
  if (pick === undefined) return <div className="bar">{inside}</div>;
  return (
    <button type="button" className="bar" aria-pressed={chosen} onClick={({ altKey }) => pick(altKey)}>
      {inside}
    </button>
  );
}
