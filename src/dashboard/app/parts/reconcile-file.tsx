/** A network's export, dropped or chosen: its first lines, which column is which, and the comparison with what was booked. */
import { type JSX, useState } from 'react';
import { ApiFailure, addressOf, sendFile } from '../api.ts';
import { timeZone } from '../format.ts';
import { t } from '../strings/strings.ts';
import { queries } from '../use-answer.ts';
import { columnParameters, HowToRead, type ReadAs, WhichColumn } from './file-choices.tsx';
import { type ChosenFile, FileDrop, FirstLines } from './file-drop.tsx';
import { Picker } from './picker.tsx';
import { Select } from './plain-fields.tsx';
import { Failed } from './states.tsx';

/** What a comparison reads of a line; the file's own names are found by the API where it knows them. */
const COLUMNS = ['txn_id', 'revenue', 'ts', 'event', 'refund_id', 'currency'] as const;
type FileColumn = (typeof COLUMNS)[number];
const NETWORKS = ['tune', 'everflow', 'cj', 'impact', 'shareasale', 'voluum', 'rakuten', 'awin'] as const;

interface Choices extends ReadAs {
  columns: Partial<Record<FileColumn, string>>;
  offer_id: string;
  network: string;
  decimal: '' | 'point' | 'comma';
}

const NO_CHOICES = { columns: {}, offer_id: '', network: '', decimal: '', dates: '', currency: '' } as const;

export function ReconcileFile({ compared }: { compared: (reconciliation_id: string) => void }): JSX.Element {
  const [chosen, setChosen] = useState<ChosenFile>();
  const [choices, setChoices] = useState<Choices>({ ...NO_CHOICES, tz: timeZone() });
  const [error, setError] = useState<Error>();
  const [busy, setBusy] = useState(false);
  const take = (one: ChosenFile): void => {
    setError(undefined);
    setChoices({ ...choices, columns: {} });
    setChosen(one);
  };
  const compare = async ({ file }: ChosenFile): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      const { reconciliation_id } = await sendFile<{ reconciliation_id: string }>(
        addressOf('/v2/conversions/reconcile', queryOf(choices, file.name)),
        file,
        'text/csv',
      );
      void queries.invalidateQueries();
      compared(reconciliation_id);
    } catch (failed) {
      setError(failed as Error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section aria-labelledby="compare">
      <h2 id="compare">{t.reconcile.compare}</h2>
      <p className="muted">{t.reconcile.about}</p>
      <FileDrop text={t.reconcile.drop} chosen={chosen} take={take} failed={setError} />
      {chosen !== undefined && (
        <>
          <FirstLines head={chosen.head} />
          <WhichColumn
            fields={COLUMNS.map((name) => [name, t.reconcile.column[name]] as const)}
            head={chosen.head}
            columns={choices.columns}
            put={(columns) => setChoices({ ...choices, columns })}
          />
          <HowItIsRead choices={choices} put={(changes) => setChoices({ ...choices, ...changes })} />
          {error !== undefined && <Failed error={explained(error)} />}
          <button type="button" className="main" disabled={busy} onClick={() => void compare(chosen)}>
            {busy ? t.reconcile.comparing : t.reconcile.start}
          </button>
        </>
      )}
      {chosen === undefined && error !== undefined && <Failed error={error} />}
    </section>
  );
}

/** An error of the API names parameters of its address; here they are fields. */
const explained = (error: Error): Error =>
  error instanceof ApiFailure && error.status === 400
    ? new Error(`${error.message} ${t.reconcile.choose_above}`)
    : error;

const queryOf = ({ columns, ...choices }: Choices, file_name: string): object => ({
  ...choices,
  ...columnParameters(columns),
  file_name: file_name.slice(0, 200),
});

function HowItIsRead({
  choices,
  put,
}: {
  choices: Choices;
  put: (changes: Partial<Choices>) => void;
}): JSX.Element {
  return (
    <HowToRead choices={choices} put={put}>
      <Picker
        kind="offers"
        label={t.kinds.offers}
        value={choices.offer_id}
        none={t.money.every_offer}
        chosen={(offer_id) => put({ offer_id })}
      />
      <Select
        label={t.finance.network}
        value={choices.network}
        choices={[['', t.reconcile.by_itself] as const, ...NETWORKS.map((one) => [one, one] as const)]}
        chosen={(network) => put({ network })}
      />
      <Select
        label={t.reconcile.decimal}
        value={choices.decimal}
        choices={[
          ['', t.reconcile.by_itself],
          ['point', '1,049.90'],
          ['comma', '1.049,90'],
        ]}
        chosen={(decimal) => put({ decimal })}
      />
    </HowToRead>
  );
}
