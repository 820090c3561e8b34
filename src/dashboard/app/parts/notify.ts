/** Says what was done, beside the page, from anywhere; what shows it (toasts.tsx) is fetched when there is something. */

import type { Notice } from './toasts.tsx';

/** The change is done also where it can't be shown. */
export function notify(notice: Notice): void {
  import('./toasts.tsx').then(
    ({ show }) => show(notice),
    () => {},
  );
}
