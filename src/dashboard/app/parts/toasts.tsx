/**
 * Notices beside the page, by Base UI: read out as they come, reached by F6 or Tab, gone after some seconds unless the
 * pointer or the focus is on them. They stand outside the page, so that going elsewhere leaves them.
 */
import { Toast } from '@base-ui/react/toast';
import { type JSX, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { t } from '../strings/strings.ts';

export interface Notice {
  text: string;
  /** Takes it back; throws with a sentence for the reader, and with an `undo` where the rest can be tried again. */
  undo?: () => Promise<void>;
}

const SHOWN_MS = 8_000;
const NOTICES_MAX = 3;

type Add = (notice: Notice) => void;
const shown: { add: Add | undefined; close: () => void; waiting: Notice[]; mounted: boolean } = {
  add: undefined,
  close: () => {},
  waiting: [],
  mounted: false,
};

export function show(notice: Notice): void {
  if (shown.add === undefined) shown.waiting.push(notice);
  else shown.add(notice);
  if (shown.mounted) return;
  shown.mounted = true;
  createRoot(document.body.appendChild(document.createElement('div'))).render(
    <Toast.Provider timeout={SHOWN_MS} limit={NOTICES_MAX}>
      <Toast.Viewport className="toasts" aria-label={t.edit.notices}>
        <Toasts />
      </Toast.Viewport>
    </Toast.Provider>,
  );
}

export function closeAll(): void {
  shown.waiting = [];
  shown.close();
}

function Toasts(): JSX.Element {
  const { toasts, add, close } = Toast.useToastManager();
  useEffect(() => {
    const put = ({ text, undo }: Notice): void => {
      const id = add({
        title: text,
        ...(undo && {
          actionProps: {
            children: t.edit.undo,
            onClick: () => {
              close(id);
              undo().then(
                () => put({ text: t.edit.undone }),
                (error: Error & Pick<Notice, 'undo'>) =>
                  put({ text: error.message, ...(error.undo && { undo: error.undo }) }),
              );
            },
          },
        }),
      });
    };
    shown.add = put;
    shown.close = () => close();
    for (const notice of shown.waiting.splice(0)) put(notice);
    return () => {
      shown.add = undefined;
    };
  }, [add, close]);
  return (
    <>
      {toasts.map((toast) => (
        <Toast.Root key={toast.id} toast={toast} className="toast" swipeDirection={[]}>
          <Toast.Content className="toast-content">
            <Toast.Title className="toast-text" render={<p />} />
            <Toast.Action />
            <Toast.Close className="quiet" aria-label={t.edit.close}>
              ×
            </Toast.Close>
          </Toast.Content>
        </Toast.Root>
      ))}
    </>
  );
}
