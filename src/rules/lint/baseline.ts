import * as z from 'zod';
import { RearviewError } from '../../domain/errors.ts';
import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import { checkShape } from '../../domain/text/check-shape.ts';
import { safeJson } from '../../domain/text/safe-json.ts';

/** Name of the file in the rules folder. */
export const baselineFile = 'lint-baseline.json';
/** Bytes; some 200,000 findings. */
export const maxBaselineBytes = 64 * 1024 * 1024;

/** Findings that were there when the baseline was recorded. Lines are not part of it. */
export interface BaselineEntry {
  /** Path below the rules folder, with `/`. */
  readonly file: string;
  /** Name of the rule; empty for a finding outside rules. */
  readonly rule: string;
  readonly code: string;
  readonly message: string;
  /** Number of such findings in the rule. */
  readonly count: number;
}

/** Findings compared with a baseline. */
export interface BaselineSplit<Finding> {
  /** Findings that are not in it, and all errors. */
  readonly fresh: readonly Finding[];
  /** Number of findings that are in it. */
  readonly known: number;
  /** Entries with fewer findings than recorded, with the number that is missing. */
  readonly gone: readonly BaselineEntry[];
}

const text = z.string().max(100_000);
const schema = z.strictObject({
  version: z.literal(1),
  findings: z.array(
    z.strictObject({ file: text, rule: text, code: text, message: text, count: z.number().int().positive() }),
  ),
});

const again = 'record it again with "rearview rules check --baseline"';

/**
 * Parses a baseline.
 * @param path for the message
 * @throws RearviewError `ERR_CONFIG`
 */
export function parseBaseline(path: string, content: string): readonly BaselineEntry[] {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `${path} is not valid JSON (${why.replaceAll(/\s+/g, ' ')}): remove the marks of a merge conflict, or ${again}.`;
    throw new RearviewError('ERR_CONFIG', message, { cause });
  }
  const parsed = checkShape(schema, value);
  if (parsed.success) return parsed.data.findings;
  const [issue] = parsed.error.issues;
  const key = (issue?.path ?? []).map(String).join('.');
  throw new RearviewError(
    'ERR_CONFIG',
    `${path}: ${key === '' ? '' : `${key}: `}${issue?.message ?? 'is invalid'}. Correct it, or ${again}.`,
  );
}

/**
 * Formats a baseline: one finding a line, sorted, so that branches which record other findings
 * merge.
 */
export function formatBaseline(entries: readonly BaselineEntry[]): string {
  const lines = entries.toSorted(compareEntries).map(({ file, rule, code, message, count }) => {
    return `    ${safeJson({ file, rule, code, message, count })}`;
  });
  return `{\n  "version": 1,\n  "findings": [${lines.length === 0 ? '' : `\n${lines.join(',\n')}\n  `}]\n}\n`;
}

/** Returns the entries for these findings. Errors have none. */
export function baselineOf(findings: readonly Diagnostic[]): readonly BaselineEntry[] {
  const groups = Map.groupBy(
    findings.filter(({ severity }) => severity === 'warning'),
    keyOf,
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { file, rule = '', code, message } = first;
    return [{ file, rule, code, message, count: group.length }];
  });
}

/** Separates the findings that a baseline has from new ones. Of several equal ones, the last are new. */
export function splitByBaseline<Finding extends Diagnostic>(
  findings: readonly Finding[],
  entries: readonly BaselineEntry[],
): BaselineSplit<Finding> {
  const left = new Map<string, number>();
  for (const each of entries) left.set(keyOf(each), (left.get(keyOf(each)) ?? 0) + each.count);
  const fresh = findings.filter((each) => {
    const key = keyOf(each);
    const count = left.get(key) ?? 0;
    if (each.severity !== 'warning' || count === 0) return true;
    left.set(key, count - 1);
    return false;
  });
  const gone = entries.flatMap((each) => {
    const count = Math.min(each.count, left.get(keyOf(each)) ?? 0);
    left.set(keyOf(each), (left.get(keyOf(each)) ?? 0) - count);
    return count === 0 ? [] : [{ ...each, count }];
  });
  return { fresh, known: findings.length - fresh.length, gone };
}

function keyOf({ file, rule = '', code, message }: Pick<Diagnostic, 'file' | 'rule' | 'code' | 'message'>): string {
  return JSON.stringify([file, rule, code, message]);
}

/** By code units, so that the order is the same on every machine. */
function compareEntries(one: BaselineEntry, other: BaselineEntry): number {
  for (const key of ['file', 'rule', 'code', 'message'] as const) {
    if (one[key] !== other[key]) return one[key] < other[key] ? -1 : 1;
  }
  return 0;
}
