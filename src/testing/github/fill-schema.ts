import { description, type JsonSchema } from './openapi.ts';

/**
 * Adds to a value the fields that a schema requires, with the smallest values that the schema allows
 * (null, the first of a choice, an empty list). A route only states the fields that matter, and its
 * response still has the form of a response of GitHub.
 */
export function fillSchema(schema: JsonSchema, value: unknown, name = ''): unknown {
  const { $ref } = schema;
  if (typeof $ref === 'string') {
    return fillSchema(description.schemas[$ref.replace('#/schemas/', '')] ?? {}, value, name);
  }
  const parts = list(schema['allOf']);
  if (parts.length > 0) return parts.reduce<unknown>((sum, part) => fillSchema(part, sum, name), value);
  const choices = list(schema['anyOf']);
  if (choices.length > 0) return fillChoice(choices, value, name);
  if (Array.isArray(value)) {
    const items = object(schema['items']);
    return value.map((each) => fillSchema(items, each, name));
  }
  if (value !== undefined && !isObject(value)) return value;
  return value === undefined && schema['type'] !== 'object' ? least(schema, name) : fillObject(schema, value ?? {});
}

function fillObject(schema: JsonSchema, value: JsonSchema): JsonSchema {
  const properties = object(schema['properties']);
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  const names = new Set([...required, ...Object.keys(value).filter((name) => name in properties)]);
  const filled = [...names].map((name) => [name, fillSchema(object(properties[name]), value[name], name)] as const);
  return { ...value, ...Object.fromEntries(filled) };
}

function fillChoice(choices: readonly JsonSchema[], value: unknown, name: string): unknown {
  if (value === null) return null;
  const isNull = (choice: JsonSchema) => choice['type'] === 'null';
  if (value === undefined && choices.some(isNull)) return null;
  const [first = {}] = choices.filter((choice) => !isNull(choice));
  return fillSchema(first, value, name);
}

function least(schema: JsonSchema, name: string): unknown {
  const { type, format } = schema;
  if (Array.isArray(schema['enum'])) return schema['enum'][0];
  if (schema['default'] !== undefined) return schema['default'];
  if (type === 'integer' || type === 'number') return 1;
  if (type === 'boolean') return false;
  if (type === 'array') return [];
  if (type !== 'string') return {};
  if (format === 'date-time') return '2026-01-01T00:00:00Z';
  if (format === 'uri') return `https://github.test/${name}`;
  return name.padEnd(Number(schema['minLength'] ?? 0), '0');
}

function list(value: unknown): readonly JsonSchema[] {
  return Array.isArray(value) ? value.map(object) : [];
}

function object(value: unknown): JsonSchema {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
