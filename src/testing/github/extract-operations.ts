import { readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';

/*
 * Extracts `operations.json` from GitHub's OpenAPI description: the operations that Rearview uses,
 * with the schemas of their requests and responses as JSON Schema, without prose. The description
 * is `generated/api.github.com.json` in https://www.npmjs.com/package/@octokit/openapi (23.0.2). It
 * is not a dependency, because it is 385 MB unpacked:
 *
 *   node src/testing/github/extract-operations.ts path/to/api.github.com.json
 *
 * To use another operation, add its id here, run the command, and write its route (see
 * github-server.ts).
 */
const operationIds = [
  ...['actions/download-artifact', 'actions/get-workflow-run', 'actions/list-workflow-run-artifacts'],
  'actions/list-workflow-runs',
  ...['checks/create', 'checks/list-for-ref', 'checks/update'],
  ...['git/create-blob', 'git/create-commit', 'git/create-ref', 'git/create-tree', 'git/delete-ref'],
  ...['git/get-commit', 'git/get-ref', 'git/get-tree', 'git/update-ref'],
  ...['issues/add-labels', 'issues/create', 'issues/create-comment', 'issues/delete-comment', 'issues/get'],
  ...['issues/list-comments', 'issues/list-comments-for-repo', 'issues/list-events', 'issues/list-for-repo'],
  ...[
    'issues/update',
    'issues/update-comment',
    'pulls/create',
    'pulls/get',
    'pulls/list',
    'pulls/list-files',
    'pulls/update',
  ],
  ...['repos/create-or-update-file-contents', 'repos/get', 'repos/get-branch', 'repos/get-commit'],
  ...['repos/get-content', 'repos/list-commits', 'repos/list-pull-requests-associated-with-commit'],
  'users/get-authenticated',
];

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

const prose = new Set(['description', 'example', 'examples', 'externalDocs', 'summary', 'title', 'deprecated']);
const json: z.ZodType<Json> = z.json();
const operationSchema = z.object({
  operationId: z.string(),
  parameters: z.array(z.record(z.string(), json)).default([]),
  requestBody: z.record(z.string(), json).optional(),
  responses: z.record(z.string(), z.record(z.string(), json)),
});
const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.record(z.string(), z.record(z.string(), json)),
});

const [, , file] = process.argv;
if (file === undefined) throw new Error('Name the file api.github.com.json of @octokit/openapi.');
const document = documentSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
const schemas = new Map<string, Json>();

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, value]) => {
    const operation = operationSchema.safeParse(value);
    if (!operation.success || !operationIds.includes(operation.data.operationId)) return [];
    return [[operation.data.operationId, describe(method.toUpperCase(), path, operation.data)] as const];
  }),
);
const missing = operationIds.filter((id) => !operations.some(([found]) => found === id));
if (missing.length > 0) throw new Error(`Not in the description: ${missing.join(', ')}`);
const sorted = (entries: Iterable<readonly [string, unknown]>) =>
  Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(
  new URL('operations.json', import.meta.url),
  `${JSON.stringify({ source: '@octokit/openapi 23.0.2, MIT', operations: sorted(operations), schemas: sorted(schemas) })}\n`,
);

function describe(method: string, path: string, operation: z.infer<typeof operationSchema>) {
  const parameters = operation.parameters.map(resolve);
  const query = parameters.flatMap((each) =>
    each['in'] === 'query' ? [[String(each['name']), convert(each['schema'] ?? {})] as const] : [],
  );
  const body = operation.requestBody === undefined ? null : contentOf(resolve(operation.requestBody));
  const answers = Object.entries(operation.responses).map(
    ([status, response]) => [status, contentOf(resolve(response))] as const,
  );
  return { method, path, query: Object.fromEntries(query), body, answers: Object.fromEntries(answers) };
}

/** The schema of a JSON body; null if there is none. */
function contentOf(holder: JsonObject): Json {
  const content = object(holder['content']);
  const [media] = Object.entries(content).filter(([type]) => type.includes('json'));
  return media === undefined ? null : convert(object(media[1])['schema'] ?? {});
}

/**
 * Converts a schema to JSON Schema: `nullable` becomes a choice, and references lead to the schemas
 * that are kept.
 */
function convert(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(convert);
  if (schema === null || typeof schema !== 'object') return schema;
  const { $ref, nullable, ...rest } = object(schema);
  if (typeof $ref === 'string') return { $ref: `#/schemas/${keep($ref)}` };
  const kept = Object.entries(rest).flatMap(([key, value]) => {
    if (prose.has(key) || key.startsWith('x-')) return [];
    if (key === 'enum' || key === 'default' || key === 'required') return [[key, value] as const];
    if (key === 'properties') return [[key, convertEach(object(value))] as const];
    // GitHub's choices overlap: a value that fits one of them often fits another, too.
    return [[key === 'oneOf' ? 'anyOf' : key, convert(value)] as const];
  });
  const converted = Object.fromEntries(kept);
  return nullable === true ? { anyOf: [{ type: 'null' }, converted] } : converted;
}

/** Names of properties are not keywords. */
function convertEach(properties: JsonObject): Json {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, convert(schema)]));
}

function keep(reference: string): string {
  const name = reference.split('/').at(-1) ?? '';
  if (!schemas.has(name)) {
    // Set before its own references are followed, since they may lead back to it.
    schemas.set(name, {});
    schemas.set(name, convert(find(reference)));
  }
  return name;
}

function resolve(value: JsonObject): JsonObject {
  const reference = value['$ref'];
  return typeof reference === 'string' ? object(find(reference)) : value;
}

function find(reference: string): Json {
  const [, kind = '', name = ''] = /^#\/components\/([^/]+)\/([^/]+)$/.exec(reference) ?? [];
  const found = document.components[kind]?.[name];
  if (found === undefined) throw new Error(`${reference} leads nowhere.`);
  return found;
}

function object(value: Json | undefined): JsonObject {
  return value === null || typeof value !== 'object' || isList(value) ? {} : value;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
