/** Waits for a condition instead of a time. */

const CHECK_EVERY_MS = 25;

/** Resolves when `condition` holds; rejects with `message()` after `within_ms`, or with what it throws. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  within_ms: number,
  message: () => string,
): Promise<void> {
  const deadline = Date.now() + within_ms;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(message());
    await new Promise((done) => setTimeout(done, CHECK_EVERY_MS));
  }
}
