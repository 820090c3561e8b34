/** A response of the API for a component: loading, loaded or failed, and reloaded on request. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import { type AnswerOf, addressOf, get, type ParametersOf, type Path } from './api.ts';

export interface Answer<T> {
  /** The last answer, also while the next one loads. */
  value: T | undefined;
  error: Error | undefined;
  loading: boolean;
  again(): void;
}

/** Requests whenever the path or a parameter changes; without a path it requests nothing. */
export function useAnswer<P extends Path>(
  path: P | undefined,
  parameters: ParametersOf<P>,
): Answer<AnswerOf<P>> {
  return useAddress<AnswerOf<P>>(path === undefined ? '' : addressOf(path, parameters as object));
}

/** The same for the address of a route that is not in the OpenAPI document. */
export function useAddress<T>(address: string): Answer<T> {
  const [state, setState] = useState<Omit<Answer<T>, 'again'>>({
    value: undefined,
    error: undefined,
    loading: true,
  });
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    if (address === '') return;
    const giving_up = new AbortController();
    setState((before) => ({ ...before, error: undefined, loading: true }));
    get<T>(address, giving_up.signal).then(
      (value) => {
        if (!giving_up.signal.aborted) setState({ value, error: undefined, loading: false });
      },
      (error: Error) => {
        if (!giving_up.signal.aborted) setState({ value: undefined, error, loading: false });
      },
    );
    return () => giving_up.abort();
  }, [address, asked]);
  return { ...state, again: useCallback(() => setAsked((times) => times + 1), []) };
}
