/** The list of keys, with the switch that turns them off. */
import { Dialog } from '@base-ui/react/dialog';
import { type JSX, useState } from 'react';
import { areOn, turn } from '../shortcut-keys.ts';
import { t } from '../strings/strings.ts';

const KEYS: [keys: string, does: string][] = [
  ['Ctrl-K, ⌘K', t.shortcuts.search],
  ['D', t.shortcuts.day],
  ['W', t.shortcuts.week],
  ['M', t.shortcuts.month],
  ['Q', t.shortcuts.quarter],
  ['←, →', t.shortcuts.shift],
  ['?', t.shortcuts.list],
];

export function ShortcutList({ closed }: { closed: () => void }): JSX.Element {
  const [on, setOn] = useState(areOn());
  return (
    <Dialog.Root open onOpenChange={(is_open) => !is_open && closed()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog">
          <Dialog.Title className="dialog-title">{t.shortcuts.title}</Dialog.Title>
          <dl className="keys">
            {KEYS.map(([keys, does]) => (
              <div key={keys}>
                <dt>
                  <kbd>{keys}</kbd>
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
          <label className="check">
            <input
              type="checkbox"
              className="tick"
              checked={on}
              onChange={(event) => {
                turn(event.target.checked);
                setOn(event.target.checked);
              }}
            />
            <span>{t.shortcuts.on}</span>
          </label>
          <div className="actions">
            <Dialog.Close>{t.shortcuts.close}</Dialog.Close>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
