/** Requests as commands of a POSIX shell, with the API key from its environment. Pure. */

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A GET, or with a body a POST of it. */
export function curlOf(url: string, body?: object): string {
  const command = `curl -H "X-Api-Key: $TRACKLY_API_KEY" ${quoted(url)}`;
  if (body === undefined) return command;
  return `${command} -H 'Content-Type: application/json' -d ${quoted(JSON.stringify(body))}`;
}
