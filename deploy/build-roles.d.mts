/** Whether each role has a bundle of today's files, or can't have one. */
export function rolesReady(): boolean;
/** Packages that no bundle has. */
export const APART: readonly string[];
