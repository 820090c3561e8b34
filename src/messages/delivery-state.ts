/**
 * What became of a message, computed from all its events: the state with the highest rank holds, and of two with the same
 * rank the later one. The order in which events arrive, and repeats of an event, change nothing, so a final state never
 * regresses. ClickHouse computes the same by STATE_SQL. Pure.
 */

/** The rank of each state. 0: an attribute beside the state, which a message may have whatever became of it. */
export const RANKS = {
  delivered: 4,
  undelivered: 3,
  failed: 3,
  sent: 2,
  /** Holds only where nothing was sent. */
  cancelled: 1,
  opted_out: 0,
} as const;

export type EventState = keyof typeof RANKS;
export const EVENT_STATES = Object.keys(RANKS) as EventState[];

/** What stateOf needs of an event. */
export interface StateEvent {
  state: EventState;
  at_ms: number;
  code: string;
}

export interface DeliveryState {
  /** null: no event tells. */
  state: EventState | null;
  state_at_ms: number;
  /** Of the event that gave the state; '' without one. */
  code: string;
  /** The first time; undefined: the recipient has not opted out by an event. */
  opted_out_at_ms: number | undefined;
}

const ORDER = '(event.rank, event.at, event.state, event.code), event.rank > 0';

/**
 * The state from the rows of one message in trackly.message_events AS event: `state` is empty where no event tells, and
 * times are 1970. The tuple is compared from its first part to its last, as `isAbove` does.
 */
export const STATE_SQL = {
  state: `argMaxIf(event.state, ${ORDER})`,
  state_at: `argMaxIf(event.at, ${ORDER})`,
  code: `argMaxIf(event.code, ${ORDER})`,
  opted_out_at: "minIf(event.at, event.state = 'opted_out')",
} as const;

/** The condition that a row's message was cancelled, and so not sent; the parameter is account_id. */
export const IS_CANCELLED = `message_id IN (
    SELECT message_id FROM trackly.deliveries WHERE account_id = {account_id:String} AND state = 'cancelled'
    GROUP BY message_id HAVING sum(toInt32(sign)) > 0
  )`;

/** The state of a message with these events, in any order. */
export function stateOf(events: readonly StateEvent[]): DeliveryState {
  let top: StateEvent | undefined;
  let opted_out_at_ms: number | undefined;
  for (const event of events) {
    if (event.state === 'opted_out') opted_out_at_ms = Math.min(event.at_ms, opted_out_at_ms ?? Infinity);
    else if (top === undefined || isAbove(event, top)) top = event;
  }
  return {
    state: top?.state ?? null,
    state_at_ms: top?.at_ms ?? 0,
    code: top?.code ?? '',
    opted_out_at_ms,
  };
}

/**
 * The events that hold of a message with these events: the one that gives its state and the first opt-out, each where
 * there is one. What holds of `[...held, ...more]`, where `held` held before, is what holds of all events: so a worker
 * needs no earlier event to count a new one.
 */
export function holding(events: readonly StateEvent[]): StateEvent[] {
  const { state, state_at_ms, code, opted_out_at_ms } = stateOf(events);
  const held: StateEvent[] = [];
  if (state !== null) held.push({ state, at_ms: state_at_ms, code });
  if (opted_out_at_ms !== undefined) held.push({ state: 'opted_out', at_ms: opted_out_at_ms, code: '' });
  return held;
}

function isAbove(one: StateEvent, other: StateEvent): boolean {
  const ranks = RANKS[one.state] - RANKS[other.state];
  if (ranks !== 0) return ranks > 0;
  if (one.at_ms !== other.at_ms) return one.at_ms > other.at_ms;
  if (one.state !== other.state) return one.state > other.state;
  return one.code > other.code;
}
