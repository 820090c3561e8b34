/** A button that asks before it does what can't be taken back; Base UI's dialog keeps the focus and takes Escape. */
import { AlertDialog } from '@base-ui/react/alert-dialog';
import type { JSX } from 'react';
import { t } from '../strings/strings.ts';

export interface ConfirmProps {
  /** On the button, and on the one that does it. */
  button: string;
  /** The button's name where `button` alone is not enough. */
  label: string;
  /** A whole question. */
  question: string;
  confirmed: () => void;
}

export function Confirm({ button, label, question, confirmed }: ConfirmProps): JSX.Element {
  return (
    <AlertDialog.Root>
      <AlertDialog.Trigger aria-label={label}>{button}</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="backdrop" />
        <AlertDialog.Popup className="dialog">
          <AlertDialog.Title className="dialog-title">{label}</AlertDialog.Title>
          <AlertDialog.Description>{question}</AlertDialog.Description>
          <div className="actions">
            <AlertDialog.Close className="main" onClick={confirmed}>
              {button}
            </AlertDialog.Close>
            <AlertDialog.Close>{t.shared.cancel}</AlertDialog.Close>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
