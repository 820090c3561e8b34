/** One of a few ways to look at a page, kept in the address: a row of buttons. */
import type { JSX } from 'react';
import { go, type Place, withQuery } from '../location.ts';

export interface ChoicesProps {
  place: Place;
  /** Of the parameter in the address. The first choice is the default, and is not written there. */
  name: string;
  label: string;
  chosen: string;
  choices: readonly (readonly [value: string, text: string])[];
}

export function Choices({ place, name, label, chosen, choices }: ChoicesProps): JSX.Element {
  return (
    <fieldset className="tools" aria-label={label}>
      {choices.map(([value, text], i) => (
        <button
          key={value}
          type="button"
          className="quiet"
          aria-pressed={value === chosen}
          onClick={() => go(withQuery(place, { [name]: i === 0 ? '' : value }))}
        >
          {text}
        </button>
      ))}
    </fieldset>
  );
}

/** Of amounts in several currencies one is shown. */
export function CurrencyChoice({
  place,
  currency,
  currencies,
  label,
}: {
  place: Place;
  currency: string;
  currencies: readonly string[];
  label: string;
}): JSX.Element | null {
  // The address may have one that nothing here is in.
  const choices = [...new Set([currency, ...currencies])].filter((one) => one !== '');
  if (choices.length < 2) return null;
  return (
    <label className="tools">
      {`${label} `}
      <select value={currency} onChange={(event) => go(withQuery(place, { currency: event.target.value }))}>
        {choices.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </label>
  );
}
