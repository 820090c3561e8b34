/** A named region that scrolls sideways on its own, so that the page never does; the keyboard scrolls it, too. */
import type { JSX, ReactNode } from 'react';

export function Scroll({
  label,
  stacked = false,
  children,
}: {
  label: string;
  /** On a phone a row's cells stand below each other. */
  stacked?: boolean;
  children: ReactNode;
}): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to take the focus
    <section className={stacked ? 'scroll stacked' : 'scroll'} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
