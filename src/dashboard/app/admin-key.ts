/**
 * The admin key that an operator has typed, in this page's memory, nowhere else, for HELD_MS. It ends with signing out, and
 * when somebody else signs in.
 */

const HELD_MS = 15 * 60_000;
const held = { key: '', until_ms: 0, people: 0 };

/** '' where none is held. */
export const heldKey = (): string => (Date.now() < held.until_ms ? held.key : '');

/** A function that holds the key, unless somebody else has signed in meanwhile. */
export function keyHolder(): (key: string) => void {
  const { people } = held;
  return (key) => {
    if (held.people === people) Object.assign(held, { key, until_ms: Date.now() + HELD_MS });
  };
}

export const dropKey = (): void => void Object.assign(held, { key: '', until_ms: 0 });

/** For the next person; a request of the one before that is under way holds nothing any more. */
export function dropKeyOfPerson(): void {
  dropKey();
  held.people++;
}
