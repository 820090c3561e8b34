/** The address that a recipient taps. */

/** https, except for the local machine, which needs no certificate. */
export function shortUrl(domain: string, link_id: string): string {
  const local = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(domain);
  return `${local ? 'http' : 'https'}://${domain}/${link_id}`;
}
