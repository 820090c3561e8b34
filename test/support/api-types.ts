/**
 * What a call of the API answers, by its method and its path as a test writes them: the types that the API's own
 * document gives (src/client/openapi.ts). `/v2/offers/${id}?page=2` is found as GET /v2/offers/{id}.
 */
import type { ApiError, paths } from '../../src/client/openapi.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

type Parts<Path extends string> = Path extends `${infer Part}/${infer Rest}`
  ? [Part, ...Parts<Rest>]
  : [Path];
type WithoutQuery<Path extends string> = Path extends `${infer Own}?${string}` ? Own : Path;

/** Whether a path is the one that the document describes: a parameter stands for any one part. */
type Fits<Given extends string[], Described extends string[]> = Given extends [
  infer One extends string,
  ...infer Others extends string[],
]
  ? Described extends [infer Part extends string, ...infer Parts extends string[]]
    ? Part extends `{${string}}`
      ? Fits<Others, Parts>
      : One extends Part
        ? Fits<Others, Parts>
        : false
    : false
  : Described extends []
    ? true
    : false;

type Described<Path extends string> = Path extends string
  ? {
      [One in keyof paths]: Fits<Parts<WithoutQuery<Path>>, Parts<One>> extends true ? One : never;
    }[keyof paths]
  : never;

type Answered<Operation> = Operation extends { responses: infer Responses }
  ? {
      [Status in keyof Responses]: Status extends number
        ? Responses[Status] extends { content: { 'application/json': infer Body } }
          ? Body
          : never
        : never;
    }[keyof Responses]
  : never;

/** The answer of a path as the document writes it. */
export type AnswerOf<M extends Method, Path extends keyof paths> = Path extends keyof paths
  ? Answered<paths[Path][Lowercase<M>]>
  : never;

/**
 * The answer as the document describes it, with what an error says beside it: a test looks at the status first. Of a
 * route that the document does not have nothing can be read; of a path that is only known to be text it is unknown.
 */
export type BodyOf<M extends Method, Path extends string> = string extends Path
  ? unknown
  : AnswerOf<M, Described<Path>> & Partial<ApiError>;
