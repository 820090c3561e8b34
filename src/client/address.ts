/** Addresses of the API's routes. Pure; the console uses it too. */

/** Whatever reads an address takes these for a step, however they are written: it would become another route's. */
const STEP = /^\.{1,2}$/;

/**
 * The path with its parameters filled in, and the other parameters as its query; empty ones are left out. Throws TypeError
 * for an id that can't be part of an address.
 */
export function addressOf(path: string, parameters: object = {}): string {
  const rest = new Map(
    Object.entries(parameters).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, String(value)]],
    ),
  );
  const filled = path.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = rest.get(name) ?? '';
    rest.delete(name);
    if (STEP.test(value)) throw new TypeError(`${name} is "${value}", which can not be part of an address`);
    return encodeURIComponent(value);
  });
  const query = new URLSearchParams([...rest]).toString();
  return query === '' ? filled : `${filled}?${query}`;
}
