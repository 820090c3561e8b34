/** A creative's body with its placeholders filled in. Pure. */

const PLACEHOLDER = /\{\{\s*([a-z][a-z0-9_]{0,39})\s*\}\}/g;

/** The names in a body, each once, in order. */
export function placeholdersOf(body: string): string[] {
  return [...new Set([...body.matchAll(PLACEHOLDER)].map((match) => match[1] ?? ''))];
}

/** The text, with every `{{name}}` replaced by the own property of `values`; a name without a value becomes empty. */
export function renderMessage(body: string, values: ReadonlyMap<string, string>): string {
  return body.replace(PLACEHOLDER, (_all, name: string) => values.get(name) ?? '');
}
