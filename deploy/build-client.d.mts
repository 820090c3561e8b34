/** The files of the client's package that are made, by their names. */
export function buildClient(): Promise<Record<string, string>>;
