/**
 * The heading of a page, which is also the title of the window. Where the reader has come from another page it takes the
 * focus, so that a screen reader says where they are and Tab goes on from there.
 */
import { type JSX, type ReactNode, useEffect, useRef } from 'react';
import { hasMoved } from '../location.ts';
import { t } from '../strings/strings.ts';

/** For when what had the focus goes away. */
export const focusHeading = (): void => document.querySelector('h1')?.focus({ preventScroll: true });

export function Title({ text, children }: { text: string; children?: ReactNode }): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (hasMoved()) heading.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    document.title = text === t.shared.product ? text : `${text} · ${t.shared.product}`;
  }, [text]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {text}
      {children}
    </h1>
  );
}
