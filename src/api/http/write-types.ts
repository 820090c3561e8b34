/**
 * Writes an OpenAPI document's routes as TypeScript types, in the form that openapi-fetch reads. It is written by
 * hand because existing generators need TypeScript's old compiler as a library, and because zod emits few JSON Schema
 * keywords. An unknown keyword throws, so that no type is silently wrong. Pure.
 */

export interface JsonSchema {
  [word: string]: unknown;
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  additionalProperties?: boolean | JsonSchema;
  anyOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  description?: string;
  $ref?: string;
}

interface Content {
  content?: Record<string, { schema: JsonSchema }>;
}

export interface Operation {
  summary?: string;
  parameters?: { name: string; in: string; required?: boolean; schema: JsonSchema }[];
  requestBody?: Content & { required?: boolean };
  responses: Record<string, Content & { description?: string }>;
}

export interface OpenApiDocument {
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, JsonSchema> };
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
/** Keywords that bound or explain values; they do not change the type. */
const NO_TYPES = new Set(
  '$schema default description example examples format maxItems maxLength maximum exclusiveMinimum minItems minLength minimum multipleOf pattern propertyNames'.split(
    ' ',
  ),
);
const TYPES = new Set('type properties required items additionalProperties anyOf enum const $ref'.split(' '));

/** The unformatted text of the file. */
export function writeTypes({ paths, components }: OpenApiDocument, header: string): string {
  const schemas = Object.entries(components?.schemas ?? {});
  return [
    `/**\n${header
      .split('\n')
      .map((line) => ` * ${line}`)
      .join('\n')}\n */`,
    ...schemas.map(([name, schema]) => `export interface ${name} ${typeOf(schema)}`),
    `export interface paths {\n${Object.entries(paths).map(pathType).join('\n')}\n}`,
  ].join('\n\n');
}

function pathType([path, operations]: [string, Record<string, Operation>]): string {
  const odd = Object.keys(operations).find((method) => !METHODS.includes(method));
  if (odd !== undefined) throw new Error(`${path} has an unknown method ${odd}`);
  const methods = METHODS.map((method) => {
    const operation = operations[method];
    return operation === undefined ? `${method}?: never;` : operationType(method, operation);
  });
  return `${JSON.stringify(path)}: {\n${methods.join('\n')}\n};`;
}

function operationType(
  method: string,
  { summary, parameters = [], requestBody, responses }: Operation,
): string {
  const given = ['query', 'path', 'header'].map((place) => {
    const here = parameters.filter((parameter) => parameter.in === place);
    if (here.length === 0) return `${place}?: never;`;
    const all_optional = here.every((parameter) => parameter.required !== true);
    const types = here.map(({ name, required, schema }) => property(name, schema, required === true));
    return `${place}${all_optional ? '?' : ''}: {\n${types.join('\n')}\n};`;
  });
  const body =
    requestBody === undefined
      ? 'requestBody?: never;'
      : `requestBody${requestBody.required === true ? '' : '?'}: ${contentType(requestBody)};`;
  const answers = Object.entries(responses).map(
    ([status, response]) =>
      `${status}: { headers: { [name: string]: unknown }; ${response.content === undefined ? 'content?: never' : contentOf(response)} };`,
  );
  return `${comment(summary)}${method}: {
parameters: {\n${given.join('\n')}\ncookie?: never;\n};
${body}
responses: {\n${answers.join('\n')}\n};
};`;
}

const contentType = (content: Content): string => `{ ${contentOf(content)} }`;

function contentOf({ content = {} }: Content): string {
  const types = Object.entries(content).map(
    ([type, { schema }]) => `${JSON.stringify(type)}: ${typeOf(schema)};`,
  );
  return `content: { ${types.join('\n')} }`;
}

function property(name: string, schema: JsonSchema, required: boolean): string {
  const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
  return `${comment(schema.description)}${key}${required ? '' : '?'}: ${typeOf(schema)};`;
}

function comment(words: string | undefined): string {
  return words === undefined ? '' : `/** ${words.replaceAll('*/', '*\\/')} */\n`;
}

function typeOf(schema: JsonSchema): string {
  const unknown_word = Object.keys(schema).find((word) => !NO_TYPES.has(word) && !TYPES.has(word));
  if (unknown_word !== undefined) throw new Error(`"${unknown_word}" of JSON Schema is not understood here`);
  if (schema.$ref !== undefined) return schema.$ref.replace('#/components/schemas/', '');
  if (schema.anyOf !== undefined) return union(schema.anyOf.map(typeOf));
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return union(schema.enum.map((value) => JSON.stringify(value)));
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  return union(types.map((type) => oneType(type, schema)));
}

function oneType(type: string | undefined, schema: JsonSchema): string {
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'number':
    case 'integer':
      return 'number';
    case 'array':
      return `(${typeOf(schema.items ?? {})})[]`;
    case 'object':
      return objectType(schema);
    default:
      return 'unknown';
  }
}

function objectType({ properties = {}, required = [], additionalProperties = true }: JsonSchema): string {
  const types = Object.entries(properties).map(([name, one]) => property(name, one, required.includes(name)));
  if (
    typeof additionalProperties === 'object' &&
    types.length === 0 &&
    Object.keys(additionalProperties).length > 0
  )
    return `Record<string, ${typeOf(additionalProperties)}>`;
  if (types.length === 0) return 'Record<string, unknown>';
  return `{\n${types.join('\n')}\n}`;
}

const union = (types: string[]): string => [...new Set(types)].join(' | ');
