import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Diagnostic } from '../domain/diagnostic.ts';
import { messageOf } from '../domain/errors.ts';
import type { RuleSource } from '../domain/rule.ts';
import type { VariableDeclaration } from '../domain/variables.ts';
import { readWithin } from '../files/read-within.ts';
import { findRuleFiles } from './find-rule-files.ts';
import { resolveIncludes } from './resolve-includes.ts';
import type { SourceLine } from './resolved-source.ts';
import { decodeRuleText, maxRuleFileBytes } from './rule-text.ts';
import { withVariables } from './source-variables.ts';

/** A rule file; `source` has its includes resolved. */
export interface LoadedRuleFile extends RuleSource {
  /** Absolute. */
  readonly path: string;
  /** Where a line (from 1) of `source` was written: diagnostics of the engine count the lines of `source`. */
  readonly locate: (line: number) => SourceLine;
}

/** What a rules folder holds. */
export interface LoadedRules {
  /** Sorted by namespace. */
  readonly files: readonly LoadedRuleFile[];
  /** What kept a file, or a part of one, from being loaded as written. Codes `load/…`; without repetition. */
  readonly problems: readonly Diagnostic[];
}

/**
 * Loads every `.yar` and `.yara` file below a folder; its path below the folder, with `/`, is its namespace. An included file with one of
 * these extensions is a rule file of its own as well.
 * @param options.variables those that are declared for these rules. Default: none
 * @throws RearviewError `ERR_CONFIG` where the folder is missing or cannot be read
 */
export async function loadRules(
  rulesDir: string,
  { variables }: { readonly variables?: readonly VariableDeclaration[] | undefined } = {},
): Promise<LoadedRules> {
  const found = await findRuleFiles(rulesDir);
  const root = await realpath(rulesDir);
  const files: LoadedRuleFile[] = [];
  const problems = [...found.problems];
  for (const namespace of found.files) {
    try {
      const { bytes } = await readWithin(root, resolve(root, namespace), { maxBytes: maxRuleFileBytes });
      const { text, problem } = decodeRuleText(bytes, namespace);
      if (problem !== null) problems.push(problem);
      const { source, locate, problems: more } = await resolveIncludes({ root, file: namespace, text });
      problems.push(...more);
      files.push({ ...withVariables({ namespace, source }, variables), path: resolve(rulesDir, namespace), locate });
    } catch (error) {
      const message = `the file cannot be read: ${messageOf(error)}`;
      problems.push({ severity: 'error', code: 'load/unreadable', message, file: namespace, line: 0, column: 0 });
    }
  }
  return { files, problems: distinct(problems) };
}

/** A file that several others include says what is wrong with it once. */
function distinct(problems: readonly Diagnostic[]): Diagnostic[] {
  return [...new Map(problems.map((each) => [JSON.stringify(each), each])).values()];
}
