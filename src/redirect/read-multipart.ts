/** Reads the text fields of a body of `multipart/form-data` (RFC 7578), as forms and `curl -F` send it. Pure. */

const BOUNDARY = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i;
const NAME = /^content-disposition:\s*form-data\s*;(?:.*;)?\s*name="([^"]*)"/im;
const FILE = /;\s*filename\*?=/i;

/** Name and value of each field in order; files are left out. Undefined where the body is not of this form. */
export function readMultipart(type: string, body: string): [string, string][] | undefined {
  const [, quoted, bare] = BOUNDARY.exec(type) ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) return undefined;
  // The first boundary may stand at the very beginning.
  const parts = `\r\n${body}`.split(`\r\n--${boundary}`);
  const last = parts.pop();
  if (parts.length === 0 || last === undefined || !/^--\s*$/.test(last)) return undefined;
  const fields: [string, string][] = [];
  for (const part of parts.slice(1)) {
    const end = part.indexOf('\r\n\r\n');
    const head = part.slice(0, end);
    const name = NAME.exec(head)?.[1];
    if (end < 0 || name === undefined) return undefined;
    if (!FILE.test(head)) fields.push([name, part.slice(end + 4)]);
  }
  return fields;
}
