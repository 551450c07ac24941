import { realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type * as z from 'zod';
import { RearviewError } from '../../domain/errors.ts';
import { formatDiagnostic } from '../../domain/rulesets/diagnostic.ts';
import { checkShape } from '../../domain/text/check-shape.ts';
import { maxSettingsBytes } from '../../files/read-regular-file.ts';
import { readWithin } from '../../files/read-within.ts';
import { codeOf, reasonOf } from '../../files/system-error.ts';
import { parseYaml } from '../../files/yaml/yaml-places.ts';
import { binaryAlertSchema, binaryAlertSources } from './binaryalert-sources.ts';
import type { RuleSourceConfig } from './source-config.ts';
import { sourcesSchema } from './sources-schema.ts';

/** Names of the files, in the rules folder. */
export const sourcesFile = 'sources.yaml';
export const binaryAlertFile = 'rule_sources.json';

/**
 * Reads the sources of a rules folder: those of `sources.yaml`, then those of BinaryAlert's
 * `rule_sources.json`. Empty if there is neither.
 * @throws RearviewError `ERR_CONFIG` naming file, line, column and key; or where a file cannot be read
 */
export async function readSources(rulesDir: string): Promise<readonly RuleSourceConfig[]> {
  const own = await readIn(rulesDir, sourcesFile, parseSources);
  const others = await readIn(rulesDir, binaryAlertFile, parseBinaryAlertSources);
  const folders = new Map(own.map(({ name, namespace }) => [namespace.toLowerCase(), name]));
  const names = new Map(own.map(({ name }) => [name.toLowerCase(), name]));
  for (const { name, namespace } of others) {
    const twin = names.get(name.toLowerCase()) ?? folders.get(namespace.toLowerCase());
    if (twin !== undefined) {
      throw new RearviewError(
        'ERR_CONFIG',
        `${sourcesFile} and ${binaryAlertFile} both have the source ${twin}. Keep it in ${sourcesFile}, and remove it from ${binaryAlertFile}.`,
      );
    }
  }
  return [...own, ...others];
}

/**
 * Parses the text of `sources.yaml` (docs/reference/sources.md).
 * @param file name in messages
 * @throws RearviewError `ERR_CONFIG` naming file, line, column and key
 */
export function parseSources(file: string, text: string): readonly RuleSourceConfig[] {
  return parse(file, text, sourcesSchema);
}

/**
 * Parses the text of `rule_sources.json`. JSON is YAML, whose reader knows the place of each value.
 * @param file name in messages
 * @throws RearviewError `ERR_CONFIG` naming file, line, column and key
 */
export function parseBinaryAlertSources(file: string, text: string): readonly RuleSourceConfig[] {
  return binaryAlertSources(parse(file, text, binaryAlertSchema));
}

function parse<T>(file: string, text: string, schema: z.ZodType<T>): T {
  const { value, problems, diagnose } = parseYaml(file, text, 'sources');
  const parsed = checkShape(schema, value ?? {});
  if (problems.length === 0 && parsed.success) return parsed.data;
  const all = problems.length > 0 ? problems : diagnose(parsed.error?.issues ?? []);
  throw new RearviewError('ERR_CONFIG', all.map(formatDiagnostic));
}

async function readIn(
  rulesDir: string,
  name: string,
  parseText: (file: string, text: string) => readonly RuleSourceConfig[],
): Promise<readonly RuleSourceConfig[]> {
  const label = `${basename(rulesDir)}/${name}`;
  let text: string;
  try {
    const root = await realpath(rulesDir);
    const { bytes } = await readWithin(root, join(root, name), { maxBytes: maxSettingsBytes });
    text = new TextDecoder().decode(bytes);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return [];
    throw new RearviewError('ERR_CONFIG', `Cannot read ${label}: ${reasonOf(cause)}`, { cause });
  }
  return parseText(label, text);
}
