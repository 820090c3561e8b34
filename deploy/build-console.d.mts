/** Whether what is built is of today's sources. */
export function consoleReady(): boolean;
