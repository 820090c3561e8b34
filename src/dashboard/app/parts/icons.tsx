/** The icons of the console, drawn here: a library of them would be larger than all pages together. Decoration only. */
import type { JSX, ReactNode } from 'react';

function Icon({ children }: { children: ReactNode }): JSX.Element {
  return (
    <svg
      aria-hidden="true"
      width="20"
      height="20"
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
    >
      {children}
    </svg>
  );
}

/** A circle, half of it filled. */
export const DisplayIcon = (): JSX.Element => (
  <Icon>
    <circle cx="10" cy="10" r="7" />
    <path d="M10 3a7 7 0 0 1 0 14z" fill="currentColor" />
  </Icon>
);

/** Three lines. */
export const MenuIcon = (): JSX.Element => (
  <Icon>
    <path d="M3.5 5.5h13M3.5 10h13M3.5 14.5h13" />
  </Icon>
);

/** A magnifying glass. */
export const SearchIcon = (): JSX.Element => (
  <Icon>
    <circle cx="8.5" cy="8.5" r="5" />
    <path d="M12.5 12.5 17 17" />
  </Icon>
);

/** A ribbon between pages. */
export const BookmarkIcon = (): JSX.Element => (
  <Icon>
    <path d="M5.5 3h9v14L10 13.5 5.5 17z" strokeLinejoin="round" />
  </Icon>
);
