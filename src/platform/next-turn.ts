/** Resolves in the next turn of the event loop: whatever waits has its turn before. */
export const nextTurn = (): Promise<void> => new Promise((done) => setImmediate(done));
