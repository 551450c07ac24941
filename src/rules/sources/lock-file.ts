import * as z from 'zod';
import { RearviewError } from '../../domain/errors.ts';
import { commitPattern } from '../../domain/rulesets/commit.ts';
import { formatDiagnostic } from '../../domain/rulesets/diagnostic.ts';
import { checkShape } from '../../domain/text/check-shape.ts';
import { parseYaml } from '../../files/yaml/yaml-places.ts';
import type { RuleSourceConfig } from './source-config.ts';
import { sourceNameProblem } from './sources-schema.ts';

/** Name of the lock file, in the rules folder. */
export const lockFile = 'sources.lock.json';

/** Version of the format. */
const schemaName = 'rearview.sources/v1';

const file = z.strictObject({
  path: z.string().min(1),
  size: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower case'),
});

const name = z.string().superRefine((value, context) => {
  const message = sourceNameProblem(value);
  if (message !== null) context.addIssue({ code: 'custom', message });
});

const lockedSource = z.strictObject({
  name,
  url: z.string(),
  ref: z.strictObject({ kind: z.enum(['branch', 'tag', 'commit']), name: z.string() }).nullable(),
  include: z.array(z.string()),
  exclude: z.array(z.string()),
  namespace: name,
  commit: z.string().regex(commitPattern, 'must be the full hash of a commit'),
  licence: z.string().nullable(),
  files: z.array(file),
});

const lock = z.strictObject({
  schema: z.literal(schemaName, `must be ${schemaName}: this version of Rearview reads no other`),
  sources: z.array(lockedSource),
});

/** A vendored file; `path` is below the folder of its source, with `/`. */
export type LockedFile = Readonly<z.infer<typeof file>>;

/** A source as it was fetched. */
export type LockedSource = Readonly<z.infer<typeof lockedSource>>;

/**
 * Parses the lock file. An empty text is a lock without sources.
 * @param label name in messages
 * @throws RearviewError `ERR_CONFIG` naming file, line, column and key
 */
export function parseLock(label: string, text: string): readonly LockedSource[] {
  if (text === '') return [];
  const parsed = checkShape(lock, jsonOf(text));
  if (parsed.success) return parsed.data.sources;
  const { problems, diagnose } = parseYaml(label, text, 'lock');
  const found = problems.length > 0 ? problems : diagnose(parsed.error.issues);
  const way = 'The file is written by "rearview rules sync": restore it from version control.';
  throw new RearviewError('ERR_CONFIG', [...found.map(formatDiagnostic), way]);
}

/** Not by the reader of YAML: a lock may have more files than that takes. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Formats the lock file: sorted by name and path, one file a line, the same bytes for the same content. */
export function formatLock(sources: readonly LockedSource[]): string {
  const blocks = sources
    .toSorted((a, b) => byCodeUnit(a.name, b.name))
    .map(({ name, url, ref, include, exclude, namespace, commit, licence, files }) => {
      const head = Object.entries({ name, url, ref, include, exclude, namespace, commit, licence });
      const lines = head.map(([key, value]) => `      ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
      const rows = files
        .toSorted((a, b) => byCodeUnit(a.path, b.path))
        .map(({ path, size, sha256 }) => `        ${JSON.stringify({ path, size, sha256 })}`);
      const list = rows.length === 0 ? '[]' : `[\n${rows.join(',\n')}\n      ]`;
      return `    {\n${lines.join(',\n')},\n      "files": ${list}\n    }`;
    });
  const list = blocks.length === 0 ? '[]' : `[\n${blocks.join(',\n')}\n  ]`;
  return `{\n  "schema": ${JSON.stringify(schemaName)},\n  "sources": ${list}\n}\n`;
}

/** Returns which settings of a source are not those that it was fetched with. */
export function changedSettings(source: RuleSourceConfig, locked: LockedSource): readonly string[] {
  const is = { url: source.url, ref: source.ref, files: source.files, namespace: source.namespace };
  const { url, ref, include, exclude, namespace } = locked;
  const was = { url, ref, files: { include, exclude }, namespace };
  return (['url', 'ref', 'files', 'namespace'] as const).filter(
    (key) => JSON.stringify(is[key]) !== JSON.stringify(was[key]),
  );
}

export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
