import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Diagnostic } from '../domain/diagnostic.ts';
import { messageOf, RearviewError } from '../domain/errors.ts';
import type { RuleSource } from '../domain/rule.ts';
import { resolveIncludes } from './resolve-includes.ts';
import { decodeRuleText, type SourcePlace } from './rule-text.ts';

export interface LoadedRuleFile extends RuleSource {
  /** Absolute. */
  readonly path: string;
  /** Where a line (from 1) of `source`, which has its includes resolved, was written. */
  readonly locate: (line: number) => SourcePlace;
}

export interface LoadedRules {
  /** Sorted by namespace. */
  readonly files: readonly LoadedRuleFile[];
  /** What kept a file, or part of it, from being loaded. */
  readonly problems: readonly Diagnostic[];
}

/**
 * Loads every `.yar` and `.yara` file below a folder; its path below the folder is its namespace. Includes are resolved inside the folder only. Files that
 * are symbolic links are not read.
 * @throws RearviewError `ERR_CONFIG` where the folder cannot be read
 */
export async function loadRules(rulesDir: string): Promise<LoadedRules> {
  const files: LoadedRuleFile[] = [];
  const problems: Diagnostic[] = [];
  for (const namespace of await ruleFiles(rulesDir)) {
    const path = join(rulesDir, namespace);
    try {
      const text = decodeRuleText(await readFile(path), namespace, problems);
      const resolved = await resolveIncludes({ rulesDir, file: namespace, text });
      problems.push(...resolved.problems);
      files.push({ namespace, path, source: resolved.source, locate: resolved.locate });
    } catch (error) {
      problems.push({
        severity: 'error',
        code: 'load/unreadable',
        message: messageOf(error),
        file: namespace,
        line: 0,
        column: 0,
      });
    }
  }
  return { files, problems };
}

async function ruleFiles(rulesDir: string): Promise<string[]> {
  try {
    if (!(await stat(rulesDir)).isDirectory()) throw new Error('it is not a folder');
    const entries = await readdir(rulesDir, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && /\.yara?$/.test(entry.name))
      .map((entry) => relative(rulesDir, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .sort();
  } catch (cause) {
    throw new RearviewError(
      'ERR_CONFIG',
      `The rules folder ${rulesDir} cannot be read: ${messageOf(cause)}. Give another with --rules.`,
      { cause },
    );
  }
}
