/** Comparisons with networks' exports: a new one from a file, those that were kept, and the differences of each. */
import type { JSX } from 'react';
import { type AnswerOf, addressOf, type Known } from '../api.ts';
import { count, money, time } from '../format.ts';
import { go, usePlace } from '../location.ts';
import { MoneyTabs } from '../parts/money-tabs.tsx';
import { ReconcileFile } from '../parts/reconcile-file.tsx';
import { Reconciled } from '../parts/reconciled.tsx';
import { Answered, Empty } from '../parts/states.tsx';
import { type Column, Pages, Table } from '../parts/table.tsx';
import { Title } from '../parts/title.tsx';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';

type Kept = AnswerOf<'/v2/conversions/reconciliations'>['reconciliations'][number];
const PER_PAGE = 20;

const COLUMNS: Column<Kept>[] = [
  {
    name: '',
    title: t.reconcile.file,
    show: ({ reconciliation_id, file_name, created_at }) => (
      <a href={`/finance/reconcile/${encodeURIComponent(reconciliation_id)}`}>
        {file_name || time(created_at, 'short')}
      </a>
    ),
  },
  { name: '', title: t.reconcile.compared, show: ({ created_at }) => time(created_at, 'short') },
  { name: '', title: t.reconcile.by, show: ({ created_by }) => created_by },
  { name: '', title: t.finance.network, show: ({ network }) => network || '–' },
  {
    name: '',
    title: t.reconcile.sums,
    show: ({ sums }) =>
      sums
        .map(({ currency, network, here }) =>
          t.reconcile.against(money(network, currency), money(here, currency)),
        )
        .join('; ') || '–',
  },
  {
    name: '',
    title: t.reconcile.matched,
    number: true,
    show: ({ counts }) => count(counts['matched'] ?? 0),
  },
  { name: '', title: t.reconcile.open, number: true, show: ({ open }) => count(open) },
];

export interface ReconcileProps {
  /** Of one comparison; '' for all. */
  id: string;
  who: Known;
}

export function ReconcilePage({ id, who }: ReconcileProps): JSX.Element {
  const may_change = who.kind === 'member' && who.role !== 'viewer';
  return (
    <div>
      {id !== '' && (
        <p className="crumbs">
          <a href="/finance/reconcile">{t.money.reconcile}</a>
        </p>
      )}
      <Title text={id === '' ? t.money.reconcile : t.reconcile.differences} />
      <MoneyTabs />
      {id === '' ? <All may_change={may_change} /> : <Reconciled id={id} may_change={may_change} />}
    </div>
  );
}

function All({ may_change }: { may_change: boolean }): JSX.Element {
  const place = usePlace();
  const answer = useAnswer('/v2/conversions/reconciliations', {
    page: place.query['page'],
    per_page: PER_PAGE,
  });
  return (
    <>
      {may_change && (
        <ReconcileFile
          compared={(reconciliation_id) => go(`/finance/reconcile/${encodeURIComponent(reconciliation_id)}`)}
        />
      )}
      <h2>{t.reconcile.kept}</h2>
      <Answered
        answer={answer}
        show={({ reconciliations, page, per_page, total }) =>
          total === 0 ? (
            <Empty>
              <p>{t.reconcile.none}</p>
              <p>
                <a href={addressOf('/guides/reconcile')}>{t.reconcile.how}</a>
              </p>
            </Empty>
          ) : (
            <div>
              <Table caption={t.reconcile.kept} columns={COLUMNS} rows={reconciliations} stacked />
              <Pages place={place} page={page} per_page={per_page} total={total} />
            </div>
          )
        }
      />
    </>
  );
}
