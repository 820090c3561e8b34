/** Says what was done, beside the page, from anywhere; what shows it (toasts.tsx) is fetched when there is something. */
import type { Notice } from './toasts.tsx';

const toasts: { asked: ReturnType<typeof load> | undefined } = { asked: undefined };
const load = () => import('./toasts.tsx');

/** The change is done also where it can't be shown. */
export function notify(notice: Notice): void {
  toasts.asked = load();
  toasts.asked.then(
    ({ show }) => show(notice),
    () => {},
  );
}

/** Takes all away: they are of another account, or of another person. */
export function closeNotices(): void {
  toasts.asked?.then(
    ({ closeAll }) => closeAll(),
    () => {},
  );
}
