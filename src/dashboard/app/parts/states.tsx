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

/**
 * Shows an answer with `show` once it has loaded; the previous answer stays visible while the next one loads, and below
 * the error where that fails: somebody may be typing into it.
 */
export function Answered<T>({
  answer,
  show,
}: {
  answer: Answer<T>;
  show: (value: T) => ReactNode;
}): JSX.Element {
  const { value, error, loading, again } = answer;
  if (value === undefined && error === undefined) return <Loading />;
  return (
    <>
      {error !== undefined && <Failed error={error} again={again} />}
      {value !== undefined && (
        <div className={loading ? 'stale' : ''} aria-busy={loading}>
          {show(value)}
        </div>
      )}
    </>
  );
}
