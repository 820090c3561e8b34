/**
 * Forms, by Base UI: each field has its label, its help and what is wrong with it, tied together for screen readers; what
 * is missing is said before anything is sent, and the first such field takes the focus. Sent once at a time.
 */
import { Field as BaseField } from '@base-ui/react/field';
import { Form as BaseForm } from '@base-ui/react/form';
import {
  createContext,
  type FormEvent,
  type InputHTMLAttributes,
  type JSX,
  type ReactNode,
  useContext,
  useEffect,
  useRef,
  useState,
} from 'react';
import { ApiFailure, type Role } from '../api.ts';
import { fieldOf, type Values } from '../drafts.ts';
import { t } from '../strings/strings.ts';

/** What a form holds, by the names of its fields: a field shows it when it is drawn, and is the reader's from then on. */
export const Initial = createContext<Values>({});

const useInitial = (name: string, otherwise?: string): string | undefined =>
  useState(useContext(Initial)[name] ?? otherwise)[0];

export interface FieldProps {
  name: string;
  label: string;
  type?: 'text' | 'email' | 'password' | 'url' | 'color' | 'datetime-local';
  autocomplete?: string;
  /** A sentence below it. */
  help?: ReactNode;
  optional?: boolean;
  autofocus?: boolean;
  placeholder?: string;
  inputmode?: InputHTMLAttributes<HTMLInputElement>['inputMode'];
  /** The id of a list of proposals. */
  list?: string;
}

export function Field(props: FieldProps): JSX.Element {
  const { name, label, type = 'text', autocomplete = 'off', help, optional, autofocus } = props;
  const input = useRef<HTMLInputElement>(null);
  const initial = useInitial(name);
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
        list={props.list}
        defaultValue={initial}
      />
    </Labelled>
  );
}

/** Several lines. */
export function Area({
  name,
  label,
  help,
  placeholder,
  rows = 3,
  optional,
}: Pick<FieldProps, 'name' | 'label' | 'help' | 'placeholder' | 'optional'> & {
  rows?: number;
}): JSX.Element {
  const initial = useInitial(name);
  return (
    <Labelled name={name} label={label} help={help}>
      <BaseField.Control
        required={!optional}
        placeholder={placeholder}
        defaultValue={initial}
        render={<textarea rows={rows} spellCheck={false} />}
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
  /** Where the form has no value of it. */
  initial?: string;
  help?: ReactNode;
}

/**
 * One of a few, by the browser's own list: it is at its best on phones. What is chosen is always among them: a list may
 * not be there yet, and leaves out what is paused, retired or beyond its length.
 */
export function Choice({ name, label, choices, initial, help }: ChoiceProps): JSX.Element {
  const first = useInitial(name, initial);
  const chosen = useContext(Initial)[name] ?? first;
  return (
    <Labelled name={name} label={label} help={help}>
      <BaseField.Control
        defaultValue={first}
        render={
          <select>
            {withChosen(choices, chosen).map(([value, title]) => (
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

const withChosen = (choices: ChoiceProps['choices'], chosen = ''): ChoiceProps['choices'] =>
  chosen === '' || choices.some(([value]) => value === chosen) ? choices : [...choices, [chosen, chosen]];

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

/** What a form's fields hold now. */
export const valuesOf = (form: HTMLFormElement): Values =>
  Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));

export interface FormProps {
  button: string;
  /** Throws with a sentence for the reader. The form is emptied after it, unless it answers `keep`. */
  submit: (values: Values) => Promise<unknown>;
  /** Not the main thing to do on the page. */
  quiet?: boolean;
  /** Whenever a field changes. */
  typed?: (values: Values) => void;
  /** Why it can't be sent yet; the page says so where it is. */
  blocked?: boolean;
  children?: ReactNode;
}

export function Form({ button, submit, quiet, typed, blocked, children }: FormProps): JSX.Element {
  const [error, setError] = useState('');
  const [errors, setErrors] = useState<Values>({});
  const [busy, setBusy] = useState(false);
  /** At its field, if the form has it. */
  const tell = (failed: Error, form: HTMLFormElement): void => {
    const about = failed instanceof ApiFailure ? failed.field : undefined;
    const field = about && fieldOf(about, Object.keys(valuesOf(form)));
    if (field) {
      unfold(form.elements.namedItem(field));
      setErrors({ [field]: failed.message });
    } else setError(failed.message);
  };
  const onSubmit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    if (busy || blocked) return;
    const form = event.currentTarget;
    const values = valuesOf(form);
    setBusy(true);
    setError('');
    setErrors({});
    try {
      if ((await submit(values)) !== 'keep') form.reset();
    } catch (failed) {
      tell(failed as Error, form);
    } finally {
      setBusy(false);
    }
  };
  return (
    <BaseForm
      className="form"
      errors={errors}
      // Before Base UI looks for what is missing.
      onSubmitCapture={({ currentTarget }: FormEvent<HTMLFormElement>) =>
        currentTarget.querySelectorAll(':invalid').forEach(unfold)
      }
      onSubmit={(event) => void onSubmit(event)}
      onInput={(event: FormEvent<HTMLFormElement>) => typed?.(valuesOf(event.currentTarget))}
    >
      {children}
      {error !== '' && (
        <p className="notice bad" role="alert">
          {error}
        </p>
      )}
      <div>
        <button type="submit" className={quiet ? '' : 'main'} disabled={busy || blocked}>
          {button}
        </button>
      </div>
    </BaseForm>
  );
}

/** A field that is folded away takes no focus. */
function unfold(control: unknown): void {
  const folded = control instanceof Element ? control.closest('details') : null;
  if (folded !== null) folded.open = true;
}
