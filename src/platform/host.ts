/**
 * Normal form of host names: a port, a trailing dot or capitals do not make another host. Pure.
 */

/** Length of a host name without port and trailing dot. */
const NAME_LENGTH_MAX = 253;
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]*[a-z0-9_-])\.?(?::\d*)?$/;

/** The name in lower case, without port and trailing dot, at most 253 characters; '' if the text is not a host. */
export function hostName(text: string): string {
  const name = HOST.exec(text.toLowerCase())?.[1] ?? '';
  return name.length <= NAME_LENGTH_MAX ? name : '';
}

/** Whether a name, as hostName gives it, is this machine's own: localhost and the addresses of loopback. */
export function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name);
}
