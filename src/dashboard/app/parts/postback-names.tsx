/**
 * Names under which a network sends our parameters, where it can't send ours: the whole of an offer's, and one of them
 * from a report that had it. Replays read by them at once.
 */
import { type JSX, useState } from 'react';
import type { Offer } from '../../../client/openapi.ts';
import { get } from '../api.ts';
import type { Values } from '../drafts.ts';
import { guessedName, NAMEABLE, type Nameable } from '../postback-names.ts';
import { change } from '../save.ts';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';
import { EditForm } from './edit-form.tsx';
import { Field } from './form.tsx';
import { Select } from './plain-fields.tsx';
import { Answered, Failed } from './states.tsx';

type Names = NonNullable<Offer['postback_names']>;
type Named = Pick<Offer, 'postback_names'>;

const addressOf = (offer_id: string): string => `/v2/offers/${encodeURIComponent(offer_id)}`;
const nameOf = (name: Nameable): string => `postback_names.${name}`;

const valuesOf = ({ postback_names = {} }: Named): Values =>
  Object.fromEntries(NAMEABLE.map((name) => [nameOf(name), postback_names[name] ?? '']));

const namesOf = (values: Values): Names =>
  Object.fromEntries(
    NAMEABLE.flatMap((name) => {
      const other = values[nameOf(name)]?.trim() ?? '';
      return other === '' ? [] : [[name, other]];
    }),
  );

export function PostbackNames({ offer_id }: { offer_id: string }): JSX.Element {
  const answer = useAnswer('/v2/offers/{id}', { id: offer_id }, { fresh: true });
  return (
    <section aria-labelledby="names">
      <h2 id="names">{t.names.title}</h2>
      <p className="muted">{t.names.about}</p>
      <Answered
        answer={answer}
        show={(offer) => (
          <details open={Object.keys(offer.postback_names ?? {}).length > 0}>
            <summary>{t.names.change}</summary>
            <EditForm
              name={`${offer.account_id}/offers/${offer_id}/names`}
              stored={valuesOf(offer)}
              button={t.edit.save}
              save={(values, before) =>
                change<Named>(
                  addressOf(offer_id),
                  { postback_names: namesOf(before) },
                  { postback_names: namesOf(values) },
                  t.edit.saved,
                )
              }
            >
              {() => NAMEABLE.map((name) => <Field key={name} name={nameOf(name)} label={name} optional />)}
            </EditForm>
          </details>
        )}
      />
    </section>
  );
}

export interface NameItProps {
  offer_id: string;
  /** Names of a report that are not ours. */
  ignored: readonly string[];
  /** What it said under our own names. */
  read: Record<string, string>;
  changed: () => void;
}

/** Says what a parameter of a report means from now on. */
export function NameIt({ offer_id, ignored, read, changed }: NameItProps): JSX.Element | null {
  const { value: offer } = useAnswer('/v2/offers/{id}', { id: offer_id });
  const [chosen, setChosen] = useState<{ theirs?: string; ours?: Nameable }>({});
  const [error, setError] = useState<Error>();
  const known = new Set(Object.values(offer?.postback_names ?? {}).map((name) => name.toLowerCase()));
  const left = ignored.filter((name) => !known.has(name.toLowerCase()));
  const said = { ...read, ...offer?.postback_names };
  const theirs = chosen.theirs ?? left.find((one) => guessedName(one, said) !== undefined) ?? left[0];
  if (theirs === undefined) return null;
  const ours = chosen.ours ?? guessedName(theirs, said) ?? 'click_id';
  const save = async (): Promise<void> => {
    setError(undefined);
    try {
      const { postback_names = {} } = await get<Offer>(addressOf(offer_id));
      const wanted = { ...postback_names, [ours]: theirs };
      await change<Named>(
        addressOf(offer_id),
        { postback_names },
        { postback_names: wanted },
        t.names.saved(theirs, ours),
      );
      setChosen({});
      changed();
    } catch (failed) {
      setError(failed as Error);
    }
  };
  return (
    <fieldset className="row">
      <legend>{t.names.not_ours}</legend>
      <Select
        label={t.names.theirs}
        value={theirs}
        choices={left.map((one) => [one, one] as const)}
        chosen={(name) => setChosen({ theirs: name })}
      />
      <Select
        label={t.names.ours}
        value={ours}
        choices={NAMEABLE.map((one) => [one, `${one}: ${t.names.means[one]}`] as const)}
        chosen={(name) => setChosen({ theirs, ours: name })}
      />
      <button type="button" onClick={() => void save()}>
        {t.names.save}
      </button>
      {error !== undefined && <Failed error={error} />}
    </fieldset>
  );
}
