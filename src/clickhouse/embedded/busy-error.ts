/** The engine's own error, apart from the engine: who only has to name it does not load chDB for that. */

/** Too many statements wait; try again later. */
export class BusyError extends Error {
  readonly code = 'busy';
}
