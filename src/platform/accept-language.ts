/** The language that a browser asks for most (RFC 9110, 12.5.4), in lower case: `de-at`; '' where it asks for none. Pure. */
export function wantedLanguage(accept_language: string): string {
  let wanted = '';
  let best = 0;
  for (const part of accept_language.split(',')) {
    const [tag = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    if (!/^[a-z]{1,8}(?:-[a-z0-9]{1,8})*$/.test(tag)) continue;
    const q = parameters.find((text) => text.startsWith('q='));
    const weight = q === undefined ? 1 : Number(q.slice(2));
    if (weight > best) {
      best = weight;
      wanted = tag;
    }
  }
  return wanted;
}
