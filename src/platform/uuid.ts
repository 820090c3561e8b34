/** Random UUIDs (version 4) by the web's own generator, which Node and browsers both have: 122 bits. */
export const newUuid = (): string => globalThis.crypto.randomUUID();
