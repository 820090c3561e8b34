/** Whether each role has a bundle of today's files, or can't have one. */
export function rolesReady(): boolean;
