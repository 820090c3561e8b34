/** Placeholders for a response: loading, failed with what to do, or empty with the reason. */
import type { JSX, ReactNode } from 'react';
import { t } from '../strings/strings.ts';
import type { Answer } from '../use-answer.ts';

export function Loading(): JSX.Element {
  return (
    <p className="loading" role="status">
      {t.shared.loading}
    </p>
  );
}

export function Failed({ error, again }: { error: Error; again?: () => void }): JSX.Element {
  return (
    <div className="notice bad" role="alert">
      <p>{error.message}</p>
      {again && (
        <button type="button" onClick={again}>
          {t.shared.try_again}
        </button>
      )}
    </div>
  );
}

export function Empty({ children }: { children?: ReactNode }): JSX.Element {
  return <div className="notice">{children}</div>;
}

/** Shows an answer with `show` once it has loaded; the previous answer stays visible while the next one loads. */
export function Answered<T>({
  answer,
  show,
}: {
  answer: Answer<T>;
  show: (value: T) => ReactNode;
}): JSX.Element {
  if (answer.error !== undefined) return <Failed error={answer.error} again={answer.again} />;
  if (answer.value === undefined) return <Loading />;
  return (
    <div className={answer.loading ? 'stale' : ''} aria-busy={answer.loading}>
      {show(answer.value)}
    </div>
  );
}
