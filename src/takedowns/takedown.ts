/**
 * A take-down: the operator closes one link, offer or domain of an account, with a reason. The record is kept in Redis
 * under the key below; what was taken down has the reason in its own record as well, where redirect processes find it
 * without another read. Only the operator lifts it.
 */

/** Why and since when the operator has closed something. */
export interface Closure {
  /** For the account and the operator; recipients do not see it. */
  reason: string;
  /** ISO 8601. */
  at: string;
}

export const TAKEDOWN_KINDS = ['link', 'offer', 'domain'] as const;
export type TakedownKind = (typeof TAKEDOWN_KINDS)[number];

export interface Takedown {
  /** `<kind>:<id>`: a thing is taken down once. */
  takedown_id: string;
  kind: TakedownKind;
  /** link_id, offer_id or the name of the domain. */
  id: string;
  account_id: string;
  reason: string;
  created_at: string;
}

export const takedownId = (kind: TakedownKind, id: string): string => `${kind}:${id}`;
export const takedownKey = (takedown_id: string): string => `takedown:${takedown_id}`;
/** takedown_ids by time of creation. */
export const TAKEDOWNS_LIST = 'takedowns';

/** The same record with the closure, or without one. */
export function withClosure<T extends { taken_down?: Closure | undefined }>(
  record: T,
  closure: Closure | undefined,
): T {
  const { taken_down: _before, ...rest } = record;
  return (closure === undefined ? rest : { ...rest, taken_down: closure }) as T;
}
