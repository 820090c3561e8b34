/**
 * A button that changes the installation. A session with an admin key only looks, so the key is asked for before the first
 * change, and held for a while (admin-key.ts). What can't be taken back asks first as well.
 */
import { Dialog } from '@base-ui/react/dialog';
import { type JSX, useState } from 'react';
import { dropKey, heldKey, keyHolder } from '../admin-key.ts';
import { ApiFailure, sendWithKey } from '../api.ts';
import { t } from '../strings/strings.ts';
import { Field, Form } from './form.tsx';
import { notify } from './notify.ts';
import { Failed } from './states.tsx';

/** Sends with the admin key. */
export type Send = <T>(method: 'POST' | 'PATCH' | 'DELETE', address: string, body?: object) => Promise<T>;

/** Throws ApiFailure; a key that is refused is forgotten. */
export async function withKey<T>(key: string, work: (send: Send) => Promise<T>): Promise<T> {
  const hold = keyHolder();
  try {
    const result = await work((method, address, body) => sendWithKey(key, method, address, body));
    hold(key);
    return result;
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 401) dropKey();
    throw error;
  }
}

export interface ActProps {
  button: string;
  /** The button's name where `button` alone is not enough. */
  label?: string;
  /** A whole sentence of what it does. */
  question: string;
  /** What can't be taken back is asked also while the key is known. */
  always_ask?: boolean;
  /** Answers what to say of it. */
  work: (send: Send) => Promise<string>;
  done: () => void;
}

export function Act({ button, label = button, question, always_ask, work, done }: ActProps): JSX.Element {
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const act = async (key: string): Promise<void> => {
    const said = await withKey(key, work);
    setOpen(false);
    notify({ text: said });
    done();
  };
  const pressed = (): void => {
    const key = heldKey();
    setError(undefined);
    if (key === '' || always_ask) {
      setOpen(true);
      return;
    }
    setBusy(true);
    act(key)
      .catch(setError)
      .finally(() => setBusy(false));
  };
  return (
    <>
      <button type="button" aria-label={label} disabled={busy} onClick={pressed}>
        {button}
      </button>
      {error !== undefined && <Failed error={error} />}
      <Dialog.Root open={open} onOpenChange={setOpen}>
        <Dialog.Portal>
          <Dialog.Backdrop className="backdrop" />
          <Dialog.Popup className="dialog">
            <Dialog.Title className="dialog-title">{label}</Dialog.Title>
            <Dialog.Description>{question}</Dialog.Description>
            <Form button={button} submit={({ key }) => act(key ?? heldKey())}>
              {needsKey() && <KeyField />}
            </Form>
            <div className="actions">
              <Dialog.Close>{t.shared.cancel}</Dialog.Close>
            </div>
          </Dialog.Popup>
        </Dialog.Portal>
      </Dialog.Root>
    </>
  );
}

/** For forms that change something; nothing where the key is known. */
export const KeyField = (): JSX.Element => (
  <Field name="key" label={t.operate.admin_key} type="password" help={t.operate.key_help} />
);
export const needsKey = (): boolean => heldKey() === '';
