/** A form of a few fields: labelled, sent once at a time, with what is wrong beside the button. */
import { type ComponentChildren, h, type JSX } from 'preact';
import { useState } from 'preact/hooks';

export interface FieldProps {
  name: string;
  label: string;
  type?: 'text' | 'email' | 'password';
  autocomplete?: string;
  /** A sentence below it. */
  help?: string;
  optional?: boolean;
  autofocus?: boolean;
  placeholder?: string;
  inputmode?: 'numeric';
}

export function Field(props: FieldProps): JSX.Element {
  const { name, label, type = 'text', autocomplete = 'off', help, optional, ...rest } = props;
  return h(
    'div',
    { class: 'field' },
    h('label', { for: name }, label),
    h('input', {
      id: name,
      name,
      type,
      autocomplete,
      autocapitalize: 'none',
      spellcheck: false,
      required: !optional,
      'aria-describedby': help === undefined ? undefined : `${name}-help`,
      ...rest,
    }),
    help !== undefined && h('p', { id: `${name}-help`, class: 'note' }, help),
  );
}

const ROLES = [
  ['viewer', 'looks'],
  ['member', 'sends, changes the catalog'],
  ['owner', 'everything, members too'],
] as const;

export function RoleField(): JSX.Element {
  return h(
    'div',
    { class: 'field' },
    h('label', { for: 'role' }, 'Role'),
    h(
      'select',
      { id: 'role', name: 'role' },
      ROLES.map(([role, means]) =>
        h('option', { key: role, value: role, defaultSelected: role === 'member' }, `${role}: ${means}`),
      ),
    ),
  );
}

export function Form({
  button,
  submit,
  quiet,
  children,
}: {
  button: string;
  /** Throws with a sentence for the reader. The form is emptied after it, unless it answers `keep`. */
  submit: (values: Record<string, string>) => Promise<unknown>;
  /** Not the main thing to do on the page. */
  quiet?: boolean;
  children?: ComponentChildren;
}): JSX.Element {
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    setBusy(true);
    setError('');
    try {
      if ((await submit(values)) !== 'keep') form.reset();
    } catch (failed) {
      setError((failed as Error).message);
    } finally {
      setBusy(false);
    }
  };
  return h(
    'form',
    { class: 'form', onSubmit },
    children,
    error !== '' && h('p', { class: 'notice bad', role: 'alert' }, error),
    h('div', {}, h('button', { type: 'submit', class: quiet ? '' : 'main', disabled: busy }, button)),
  );
}
