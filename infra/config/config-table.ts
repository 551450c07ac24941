import * as z from 'zod';
import { configSchema } from './schema.ts';

/** One key of the configuration. */
export interface ConfigRow {
  /** `live.memoryMb`, `subscriptions[].topic` */
  readonly key: string;
  readonly values: string;
  /** `null` if it has none and is required. */
  readonly fallback: string | null;
  readonly description: string;
}

/**
 * The JSON Schema that Zod derives from the configuration.
 * https://json-schema.org/draft/2020-12/schema
 */
interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Every key, including nested ones. @throws Error for one without a description */
export function configRows(): readonly ConfigRow[] {
  const json: Node = z.toJSONSchema(configSchema, { io: 'input' }) as Node;
  return rowsOf(json, '');
}

function rowsOf({ properties = {}, required = [] }: Node, prefix: string): readonly ConfigRow[] {
  return Object.entries(properties).flatMap(([name, node]) => {
    const key = `${prefix}${name}`;
    const { description } = node;
    if (description === undefined) throw new Error(`${key} is not described.`);
    const within = withoutNull(node);
    const row = {
      key,
      values: valuesOf(node),
      fallback: required.includes(name) ? null : fallbackOf(node),
      description,
    };
    const element = within.items;
    if (element?.properties !== undefined) return [row, ...rowsOf(element, `${key}[].`)];
    if (within.properties === undefined) return [row];
    // An object that always exists is not a key to set, but contains the keys below it.
    const inner = rowsOf(within, `${key}.`);
    return within === node ? inner : [row, ...inner];
  });
}

function withoutNull(node: Node): Node {
  return node.anyOf?.find(({ type }) => type !== 'null') ?? node;
}

function valuesOf(node: Node): string {
  const within = withoutNull(node);
  return within === node ? plainValues(within) : `${plainValues(within)}, or null`;
}

function plainValues(node: Node): string {
  if (node.enum !== undefined) {
    return node.enum.every((each) => typeof each === 'number')
      ? 'days'
      : node.enum.map((each) => `\`${each}\``).join(', ');
  }
  switch (node.type) {
    case 'integer':
      return `${node.minimum} – ${node.maximum}`;
    case 'number':
      return 'number';
    case 'boolean':
      return '`true`, `false`';
    case 'array':
      return node.items?.properties === undefined ? 'list of texts' : 'list';
    case 'object':
      return node.properties === undefined ? 'texts by name' : 'object';
    case 'string':
      return 'text';
    default:
      throw new Error(`There is no word for ${JSON.stringify(node)}.`);
  }
}

function fallbackOf(node: Node): string {
  const value = node.default;
  if (value === '') return 'empty';
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map((each) => `\`${each}\``).join(', ');
  return typeof value === 'object' ? 'none' : `\`${value}\``;
}

/** The rows as Markdown, with keys as in `Pulumi.<stack>.yaml`. */
export function configTable(): string {
  const cells = configRows().map(({ key, values, fallback, description }) => [
    `\`${key}\``,
    values,
    fallback ?? '**needed**',
    description,
  ]);
  const line = (row: readonly string[]) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [['key', 'values', 'default', ''], ['---', '---', '---', '---'], ...cells].map(line).join('\n');
}
