/** The button of the saved views; what it opens is fetched when it is first needed. */
import { type JSX, lazy, Suspense, useState } from 'react';
import { t } from '../strings/strings.ts';
import { BookmarkIcon } from './icons.tsx';

const ViewsDialog = lazy(async () => ({ default: (await import('./views-dialog.tsx')).ViewsDialog }));

export function SavedViews(props: { may_save: boolean; is_member: boolean }): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="quiet icon saved"
        aria-label={t.views.open}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <BookmarkIcon />
      </button>
      {open && (
        <Suspense fallback={null}>
          <ViewsDialog {...props} closed={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
