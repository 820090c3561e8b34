/** The latest changes of one thing; the audit page has all of them. */
import type { JSX } from 'react';
import { addressOf } from '../api.ts';
import { day } from '../format.ts';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';
import { AuditEntries } from './audit-entries.tsx';
import { Answered, Empty } from './states.tsx';

const ENTRIES_SHOWN = 20;
/** As long as the log is kept, unless the operator says otherwise. */
const DAYS = 400;
/** A change is in the log within some seconds. */
const ASK_EVERY_MS = 5_000;

export function History({ subject_id }: { subject_id: string }): JSX.Element {
  const asked = { subject_id, from: day(DAYS) };
  const answer = useAnswer('/v2/audit', { ...asked, per_page: ENTRIES_SHOWN }, { every_ms: ASK_EVERY_MS });
  return (
    <section aria-labelledby="history">
      <h2 id="history">{t.edit.history}</h2>
      <Answered
        answer={answer}
        show={({ entries, total }) =>
          total === 0 ? (
            <Empty>{t.edit.no_history}</Empty>
          ) : (
            <>
              <AuditEntries entries={entries} about />
              {total > entries.length && (
                <p>
                  <a href={addressOf('/audit', asked)}>{t.edit.whole_history}</a>
                </p>
              )}
            </>
          )
        }
      />
    </section>
  );
}
