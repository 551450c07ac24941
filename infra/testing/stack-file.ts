import { parse } from 'yaml';
import * as z from 'zod';

const stackFile = z.object({ config: z.record(z.string(), z.unknown()) });

/**
 * The configuration in the text of a `Pulumi.<stack>.yaml`, as Pulumi passes it to the program: by
 * key with its namespace, as text; structured values as JSON.
 */
export function readStackFile(yaml: string): Readonly<Record<string, string>> {
  const { config } = stackFile.parse(parse(yaml));
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value),
    ]),
  );
}

/** Keys of one namespace, without it. */
export function withoutNamespace(
  config: Readonly<Record<string, string>>,
  namespace: string,
): Readonly<Record<string, string>> {
  const prefix = `${namespace}:`;
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [],
    ),
  );
}
