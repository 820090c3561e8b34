/** Says what was done, beside the page, from anywhere; what shows it (toasts.tsx) is fetched when there is something. */

export interface Notice {
  text: string;
  /** Takes it back; throws with a sentence for the reader. */
  undo?: () => Promise<void>;
}

/** The change is done also where it can't be shown. */
export function notify(notice: Notice): void {
  import('./toasts.tsx').then(
    ({ show }) => show(notice),
    () => {},
  );
}
