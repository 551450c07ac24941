import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import * as z from 'zod';

const schemaSchema = z.record(z.string(), z.unknown());
const operationsSchema = z.object({
  operations: z.record(
    z.string(),
    z.object({
      method: z.string(),
      path: z.string(),
      query: z.record(z.string(), schemaSchema),
      body: schemaSchema.nullable(),
      answers: z.record(z.string(), schemaSchema.nullable()),
    }),
  ),
  schemas: z.record(z.string(), schemaSchema),
});

export type JsonSchema = Readonly<Record<string, unknown>>;
export type Operation = z.infer<typeof operationsSchema>['operations'][string];

/** GitHub's description of the part of its API that Rearview uses: see extract-operations.ts. */
export const description = operationsSchema.parse(
  JSON.parse(readFileSync(new URL('operations.json', import.meta.url), 'utf8')),
);

const ajv = new Ajv({ strict: false, allErrors: true, logger: false, coerceTypes: false });
addFormats.default(ajv);
ajv.addSchema({ $id: 'github', schemas: description.schemas });
const compiled = new Map<string, ValidateFunction>();

/** Returns the problems of a value according to a schema of the description. */
export function schemaProblems(key: string, schema: JsonSchema, value: unknown): readonly string[] {
  const validate = compiled.get(key) ?? ajv.compile(absolute(schema));
  compiled.set(key, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    return `${key}${instancePath}: ${message} ${JSON.stringify(params)}`;
  });
}

/** References lead to the document of all schemas. */
function absolute(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/schemas/', '"github#/schemas/'));
}

/**
 * Returns the problems of the query and the body of a request, including names that GitHub does not
 * know.
 */
export function requestProblems(
  id: string,
  { query: parameters, body: bodySchema }: Operation,
  query: URLSearchParams,
  body: unknown,
): readonly string[] {
  const problems: string[] = [];
  for (const [name, text] of query) {
    const schema = parameters[name];
    if (schema === undefined) problems.push(`${id}: GitHub knows no parameter ${name}`);
    else problems.push(...schemaProblems(`${id}?${name}`, schema, parameterValue(schema, text)));
  }
  if (bodySchema === null) return body === undefined ? problems : [...problems, `${id}: takes no body`];
  problems.push(...schemaProblems(`${id} body`, bodySchema, body ?? {}));
  const known = bodySchema['properties'];
  if (typeof known !== 'object' || known === null || typeof body !== 'object' || body === null) return problems;
  const unknown = Object.keys(body).filter((name) => !(name in known));
  return [...problems, ...unknown.map((name) => `${id}: GitHub knows no ${name} in the body`)];
}

function parameterValue(schema: JsonSchema, text: string): unknown {
  if (schema['type'] === 'integer') return Number(text);
  return schema['type'] === 'boolean' ? text === 'true' : text;
}
