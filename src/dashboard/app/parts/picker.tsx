/** One of the account's campaigns, offers or creatives; where there are more than a list holds, they are found by name. */
import { type JSX, useId, useState } from 'react';
import type { DefinedKind } from '../pages/kinds.ts';
import { idOf } from '../pages/kinds.ts';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';
import { useSettled } from '../use-settled.ts';
import { useItemName } from './chip.tsx';

/** Of a list; the API searches the rest. */
const CHOICES_MAX = 200;
const TYPING_MS = 300;

export interface PickerProps {
  kind: DefinedKind;
  label: string;
  value: string;
  /** What stands for none. */
  none: string;
  chosen: (id: string) => void;
}

export function Picker({ kind, label, value, none, chosen }: PickerProps): JSX.Element {
  const id = useId();
  const [typed, setTyped] = useState('');
  const q = useSettled(typed.trim(), TYPING_MS);
  const all = useAnswer(`/v2/${kind}`, { per_page: CHOICES_MAX });
  const found = useAnswer(q === '' ? undefined : `/v2/${kind}`, { per_page: CHOICES_MAX, q });
  const list = namesIn(kind, q === '' ? all.value : found.value);
  const is_listed = value === '' || list.some(([one]) => one === value);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {(all.value?.total ?? 0) > CHOICES_MAX && (
        <input
          type="search"
          aria-label={t.audiences.find(label)}
          placeholder={t.list.by_name}
          value={typed}
          onInput={(event) => {
            event.stopPropagation();
            setTyped(event.currentTarget.value);
          }}
        />
      )}
      <select
        id={id}
        value={value}
        onInput={(event) => {
          event.stopPropagation();
          chosen(event.currentTarget.value);
        }}
      >
        <option value="">{none}</option>
        {!is_listed && <Unlisted kind={kind} id={value} />}
        {list.map(([one = '', name]) => (
          <option key={one} value={one}>
            {name || one}
          </option>
        ))}
      </select>
    </div>
  );
}

const Unlisted = ({ kind, id }: { kind: DefinedKind; id: string }): JSX.Element => (
  <option value={id}>{useItemName(kind, id)}</option>
);

/** Ids and names of a list of the API. */
function namesIn(kind: DefinedKind, list: object | undefined): string[][] {
  const things = (list as Record<string, Record<string, string>[]> | undefined)?.[kind] ?? [];
  return things.map((one) => [one[idOf(kind)] ?? '', one['name'] ?? '']);
}

/** The names of the newest ones, by their ids. */
export function useNames(kind: DefinedKind): ReadonlyMap<string, string> {
  const { value } = useAnswer(`/v2/${kind}`, { per_page: CHOICES_MAX });
  return new Map(namesIn(kind, value).map(([id = '', name = '']) => [id, name]));
}
