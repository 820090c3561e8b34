/**
 * Forms, by Base UI: each field has its label, its help and what is wrong with it, tied together for screen readers; what
 * is missing is said before anything is sent, and the first such field takes the focus. Sent once at a time.
 */
import { Field as BaseField } from '@base-ui/react/field';
import { Form as BaseForm } from '@base-ui/react/form';
import {
  type FormEvent,
  type InputHTMLAttributes,
  type JSX,
  type ReactNode,
  useEffect,
  useRef,
  useState,
} from 'react';
import type { Role } from '../api.ts';
import { t } from '../strings/strings.ts';

export interface FieldProps {
  name: string;
  label: string;
  type?: 'text' | 'email' | 'password' | 'url';
  autocomplete?: string;
  /** A sentence below it. */
  help?: ReactNode;
  optional?: boolean;
  autofocus?: boolean;
  placeholder?: string;
  inputmode?: InputHTMLAttributes<HTMLInputElement>['inputMode'];
  initial?: string;
}

export function Field(props: FieldProps): JSX.Element {
  const { name, label, type = 'text', autocomplete = 'off', help, optional, autofocus } = props;
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (autofocus) input.current?.focus();
  }, [autofocus]);
  return (
    <Labelled name={name} label={label} help={help}>
      <BaseField.Control
        ref={input}
        type={type}
        autoComplete={autocomplete}
        autoCapitalize="none"
        spellCheck={false}
        required={!optional}
        placeholder={props.placeholder}
        inputMode={props.inputmode}
        defaultValue={props.initial}
      />
    </Labelled>
  );
}

/** The second factor's code. */
export function CodeField({
  name = 'code',
  autofocus = false,
}: {
  name?: string;
  autofocus?: boolean;
}): JSX.Element {
  return (
    <Field
      name={name}
      label={t.factor.code}
      autocomplete="one-time-code"
      help={t.factor.code_help}
      autofocus={autofocus}
    />
  );
}

export interface ChoiceProps {
  name: string;
  label: string;
  choices: readonly (readonly [value: string, title: string])[];
  initial: string;
  help?: ReactNode;
}

/** One of a few, by the browser's own list: it is at its best on phones. */
export function Choice({ name, label, choices, initial, help }: ChoiceProps): JSX.Element {
  return (
    <Labelled name={name} label={label} help={help}>
      <BaseField.Control
        defaultValue={initial}
        render={
          <select>
            {choices.map(([value, title]) => (
              <option key={value} value={value}>
                {title}
              </option>
            ))}
          </select>
        }
      />
    </Labelled>
  );
}

/** A control of Base UI's Field with its label, its help and its error. */
export function Labelled({
  name,
  label,
  help,
  children,
}: {
  name: string;
  label: string;
  help?: ReactNode;
  children: ReactNode;
}): JSX.Element {
  return (
    <BaseField.Root name={name} className="field">
      <BaseField.Label>{label}</BaseField.Label>
      {children}
      {help !== undefined && <BaseField.Description className="note">{help}</BaseField.Description>}
      <BaseField.Error className="error" role="alert" />
    </BaseField.Root>
  );
}

const ROLES: Role[] = ['viewer', 'member', 'owner'];

export function RoleField(): JSX.Element {
  return (
    <Choice
      name="role"
      label={t.roles.role}
      initial="member"
      choices={ROLES.map((role) => [role, t.roles[role]] as const)}
    />
  );
}

export interface FormProps {
  button: string;
  /** Throws with a sentence for the reader. The form is emptied after it, unless it answers `keep`. */
  submit: (values: Record<string, string>) => Promise<unknown>;
  /** Not the main thing to do on the page. */
  quiet?: boolean;
  children?: ReactNode;
}

export function Form({ button, submit, quiet, children }: FormProps): JSX.Element {
  const [error, setError] = useState('');
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const onSubmit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    setBusy(true);
    setError('');
    setErrors({});
    try {
      if ((await submit(values)) !== 'keep') form.reset();
    } catch (failed) {
      const { message } = failed as Error;
      const field = fieldOf(message, Object.keys(values));
      if (field === undefined) setError(message);
      else setErrors({ [field]: message });
    } finally {
      setBusy(false);
    }
  };
  return (
    <BaseForm className="form" errors={errors} onSubmit={(event) => void onSubmit(event)}>
      {children}
      {error !== '' && (
        <p className="notice bad" role="alert">
          {error}
        </p>
      )}
      <div>
        <button type="submit" className={quiet ? '' : 'main'} disabled={busy}>
          {button}
        </button>
      </div>
    </BaseForm>
  );
}

/** The field that a message of the API begins with (`payout: write an amount …`), if the form has it. */
const fieldOf = (message: string, names: readonly string[]): string | undefined =>
  names.find((name) => message.startsWith(`${name}:`));
