/**
 * Fields of something put together, such as a rule: what they hold is kept by whoever draws them, not by the form around
 * them, which sees one value of the whole. The form hears of no input in them: it would read the whole before it, and draw
 * that again.
 */
import { type JSX, type ReactNode, useId } from 'react';

/** A control with its label; the control gets the id. */
function Labelled({ label, id, children }: { label: string; id: string; children: ReactNode }): JSX.Element {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children}
    </div>
  );
}

export interface TextProps {
  label: string;
  value: string;
  typed: (text: string) => void;
  type?: 'text' | 'date' | 'datetime-local' | 'url';
  numeric?: boolean;
  placeholder?: string;
  id?: string;
  list?: string;
}

export function Text({ label, value, typed, type = 'text', numeric, id, ...more }: TextProps): JSX.Element {
  const own = useId();
  return (
    <Labelled label={label} id={id ?? own}>
      <input
        {...more}
        id={id ?? own}
        type={type}
        inputMode={numeric ? 'decimal' : undefined}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={value}
        onInput={(event) => {
          event.stopPropagation();
          typed(event.currentTarget.value);
        }}
      />
    </Labelled>
  );
}

/** Several lines. */
export function Lines({ label, value, typed, placeholder }: TextProps): JSX.Element {
  const id = useId();
  return (
    <Labelled label={label} id={id}>
      <textarea
        id={id}
        rows={2}
        placeholder={placeholder}
        spellCheck={false}
        value={value}
        onInput={(event) => {
          event.stopPropagation();
          typed(event.currentTarget.value);
        }}
      />
    </Labelled>
  );
}

export interface SelectProps<T extends string> {
  label: string;
  value: T;
  choices: readonly (readonly [value: T, title: string])[];
  chosen: (value: T) => void;
  id?: string;
}

export function Select<T extends string>({ label, value, choices, chosen, id }: SelectProps<T>): JSX.Element {
  const own = useId();
  return (
    <Labelled label={label} id={id ?? own}>
      <select
        id={id ?? own}
        value={value}
        onInput={(event) => {
          event.stopPropagation();
          chosen(event.currentTarget.value as T);
        }}
      >
        {choices.map(([one, title]) => (
          <option key={one} value={one}>
            {title}
          </option>
        ))}
      </select>
    </Labelled>
  );
}

export interface TickProps {
  label: string;
  checked: boolean;
  put: (checked: boolean) => void;
}

export const Tick = ({ label, checked, put }: TickProps): JSX.Element => (
  <label className="check">
    <input
      type="checkbox"
      className="tick"
      checked={checked}
      onInput={(event) => {
        event.stopPropagation();
        put(event.currentTarget.checked);
      }}
    />
    <span>{label}</span>
  </label>
);

export interface ListedProps<T> {
  /** Of the list, and of one thing in it. */
  label: string;
  one: (number: number) => string;
  items: readonly T[];
  max: number;
  add: string;
  fresh: () => T;
  /** Whether the order counts: each can be moved up. */
  ordered?: boolean;
  put: (items: T[]) => void;
  show: (item: T, set: (changes: Partial<T>) => void, at: number) => ReactNode;
  words: { remove: string; up: string };
}

/** Several things of one kind: one more, one less, one up. The focus goes to what comes, or to the button that adds. */
export function Listed<T extends object>(props: ListedProps<T>): JSX.Element {
  const { label, one, items, max, add, fresh, ordered, put, show, words } = props;
  const focusIn = (fieldset: Element | null, at: number): void =>
    void setTimeout(() =>
      fieldset
        ?.querySelectorAll<HTMLElement>(':scope > fieldset')
        [at]?.querySelector<HTMLElement>('input, select')
        ?.focus(),
    );
  return (
    <fieldset className="listed">
      <legend>{label}</legend>
      {items.map((item, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a thing is its place; its fields keep nothing of their own
        <fieldset className="rule" key={at}>
          <legend className="hidden">{one(at + 1)}</legend>
          {show(
            item,
            (changes) => put(items.map((other, i) => (i === at ? { ...other, ...changes } : other))),
            at,
          )}
          <div className="actions">
            {ordered && at > 0 && (
              <button
                type="button"
                aria-label={`${words.up}: ${one(at + 1)}`}
                onClick={({ currentTarget }) => {
                  focusIn(currentTarget.closest('.listed'), at - 1);
                  put(items.map((_, i) => (i === at - 1 ? item : i === at ? items[at - 1] : items[i]) as T));
                }}
              >
                {words.up}
              </button>
            )}
            <button
              type="button"
              aria-label={`${words.remove}: ${one(at + 1)}`}
              onClick={({ currentTarget }) => {
                currentTarget.closest('.listed')?.querySelector<HTMLElement>(':scope > .add')?.focus();
                put(items.filter((_, i) => i !== at));
              }}
            >
              {words.remove}
            </button>
          </div>
        </fieldset>
      ))}
      <button
        type="button"
        className="add"
        disabled={items.length >= max}
        onClick={({ currentTarget }) => {
          focusIn(currentTarget.closest('.listed'), items.length);
          put([...items, fresh()]);
        }}
      >
        {add}
      </button>
    </fieldset>
  );
}
