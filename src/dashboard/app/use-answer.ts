/**
 * Answers of the API for components, by TanStack Query: kept by their address, asked for once by all who show them, and
 * again on request, when the page is looked at again after a while, or on a beat.
 */
import { keepPreviousData, QueryClient, useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { type AnswerOf, addressOf, get, type ParametersOf, type Path } from './api.ts';

/** An answer of this age is shown at once, and asked for again. */
const FRESH_MS = 10_000;
/** Answers that nothing shows are kept this long: Back shows them at once. */
const KEPT_MS = 5 * 60_000;

/** The API says itself what to do about an error, so nothing is asked twice unseen. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: false,
      staleTime: FRESH_MS,
      gcTime: KEPT_MS,
      // The page says that the API can't be reached; a browser that believes it is offline may be wrong.
      networkMode: 'always',
    },
  },
});

export interface Answer<T> {
  /** The last answer, also while the next one loads, and where that fails. */
  value: T | undefined;
  error: Error | undefined;
  loading: boolean;
  again(): void;
}

/** How an answer is asked for, beside its address. */
export interface Asking<T> {
  /** Ask again every so many milliseconds; as a function, while the last answer gives any. */
  every_ms?: number | ((last: T | undefined) => number | undefined) | undefined;
  /** No answer from before: it is to be changed. */
  fresh?: boolean;
}

/** The answer of an address, for whoever shows it next too. Throws ApiFailure. */
export const askOnce = (address: string): Promise<unknown> =>
  queries.fetchQuery({ queryKey: [address], queryFn: ({ signal }) => get(address, signal) });

/** Requests whenever the path or a parameter changes; without a path it requests nothing. */
export function useAnswer<P extends Path>(
  path: P | undefined,
  parameters: ParametersOf<P>,
  asking: Asking<AnswerOf<P>> = {},
): Answer<AnswerOf<P>> {
  return useAddress<AnswerOf<P>>(path === undefined ? '' : addressOf(path, parameters as object), asking);
}

/** The same for the address of a route that is not in the OpenAPI document. */
export function useAddress<T>(address: string, { every_ms, fresh }: Asking<T> = {}): Answer<T> {
  const [since_ms] = useState(Date.now);
  const {
    data,
    dataUpdatedAt,
    error,
    isPlaceholderData,
    isFetching,
    isFetchedAfterMount,
    isLoading,
    refetch,
  } = useQuery<T>({
    queryKey: [address],
    queryFn: ({ signal }) => get<T>(address, signal),
    enabled: address !== '',
    placeholderData: keepPreviousData,
    ...(fresh && { staleTime: 0 }),
    ...(every_ms !== undefined && {
      refetchInterval: ({ state }) =>
        (typeof every_ms === 'number' ? every_ms : every_ms(state.data)) ?? false,
    }),
  });
  return {
    value:
      !fresh || (isFetchedAfterMount && (error === null || dataUpdatedAt >= since_ms)) ? data : undefined,
    error: error === null || isFetching ? undefined : error,
    loading: isLoading || isPlaceholderData,
    again: () => void refetch(),
  };
}

/** What was made of the last answer that was not of an earlier question: periods and names belong to the question. */
export function useLastAnswered<T>(made: T, { loading }: Pick<Answer<unknown>, 'loading'>): T {
  const last = useRef(made);
  if (!loading) last.current = made;
  return last.current;
}
