/** Waits for a condition instead of a time. */

const CHECK_EVERY_MS = 25;
/** A check that takes long rests for longer, so that waiting leaves the machine to what is waited for. */
const REST_PER_CHECK = 2;

/** Resolves when `condition` holds; rejects with `message()` after `within_ms`, or with what it throws. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  within_ms: number,
  message: () => string,
): Promise<void> {
  const deadline = performance.now() + within_ms;
  for (;;) {
    const began = performance.now();
    if (await condition()) return;
    const now = performance.now();
    if (now > deadline) throw new Error(message());
    const rest_ms = Math.max(CHECK_EVERY_MS, REST_PER_CHECK * (now - began));
    await new Promise((done) => setTimeout(done, rest_ms));
  }
}
