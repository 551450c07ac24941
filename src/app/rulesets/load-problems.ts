import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import type { LeftOutRule } from '../../domain/rulesets/left-out-rule.ts';
import type { LoadedRules } from '../../rules/load-rules.ts';
import { isVendored } from '../../rules/vendored.ts';

/** Problems of loading a folder: those that its authors have to solve, and public files that are left out. */
export interface LoadProblems {
  /** Also those of public files that a file of our own includes. */
  readonly own: readonly Diagnostic[];
  /** Public files that cannot be read or followed. */
  readonly leftOut: readonly LeftOutRule[];
}

/** Separates the problems of loading a folder. */
export function loadProblems({ files, problems }: Pick<LoadedRules, 'files' | 'problems'>): LoadProblems {
  const keysOf = (some: typeof files) => new Set(some.flatMap((file) => file.problems.map(keyOf)));
  const ofOwn = keysOf(files.filter(({ namespace }) => !isVendored(namespace)));
  const ofFiles = keysOf(files);
  return {
    own: problems.filter((each) => !isVendored(each.file) || ofOwn.has(keyOf(each))),
    leftOut: problems
      .filter((each) => each.severity === 'error' && isVendored(each.file) && !ofFiles.has(keyOf(each)))
      .map(({ file, line, column, code, message }) => ({
        ...{ kind: 'quarantined', namespace: file, rule: null },
        ...{ file, line, column, code, reason: message },
      })),
  };
}

function keyOf({ file, line, column, code, message }: Diagnostic): string {
  return JSON.stringify([file, line, column, code, message]);
}
