import type { Diagnostic } from '../domain/rulesets/diagnostic.ts';
import type { LeftOutRule } from '../domain/rulesets/left-out-rule.ts';
import { ruleId } from '../domain/rulesets/rule.ts';
import { clip, clipList } from './clip.ts';
import { reviewSchema, type SectionOf } from './section.ts';

/** Bounds of the schema. */
const maxDiagnostics = 200;
const maxLeftOut = 100;

export interface CheckSectionInput {
  readonly files: number;
  readonly rules: number;
  /** Files as they are named in the repository. */
  readonly diagnostics: readonly Diagnostic[];
  /** Number of findings that are not reported because they are in the baseline. Default: 0. */
  readonly known?: number;
  /** Public rules that are not part of the ruleset; files as they are named in the repository. Default: none. */
  readonly leftOut?: readonly LeftOutRule[];
  /** True if warnings and quarantined rules also fail the gate. */
  readonly strict: boolean;
}

/** The result of a check of rules as a section of a review, errors before warnings. */
export function checkSection({
  files,
  rules,
  diagnostics,
  known = 0,
  leftOut = [],
  strict,
}: CheckSectionInput): SectionOf<'check'> {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning');
  const quarantined = leftOut.filter(({ kind }) => kind === 'quarantined');
  const { shown, omitted } = clipList([...errors, ...warnings], maxDiagnostics);
  return {
    schema: reviewSchema,
    section: 'check',
    verdict: errors.length > 0 || (strict && warnings.length + quarantined.length > 0) ? 'failed' : 'passed',
    files,
    rules,
    errors: errors.length,
    warnings: warnings.length,
    ...(known === 0 ? {} : { known }),
    diagnostics: shown.map(({ severity, code, message, file, line, column }) => ({
      ...{ severity, code: clip(code, 200), message: clip(message, 1000) },
      ...{ file: clip(file, 2048), line, column },
    })),
    omitted,
    ...(leftOut.length === 0 ? {} : { leftOut: leftOutPart(leftOut) }),
  };
}

/** Quarantined rules before duplicates. */
function leftOutPart(leftOut: readonly LeftOutRule[]): NonNullable<SectionOf<'check'>['leftOut']> {
  const quarantined = leftOut.filter(({ kind }) => kind === 'quarantined');
  const duplicates = leftOut.filter(({ kind }) => kind === 'duplicate');
  const { shown, omitted } = clipList([...quarantined, ...duplicates], maxLeftOut);
  return {
    quarantined: quarantined.length,
    duplicates: duplicates.length,
    rules: shown.map(({ namespace, rule, reason, code, file, line, column }) => ({
      ...{ rule: clip(rule === null ? namespace : ruleId({ namespace, name: rule }), 600), reason: clip(reason, 1000) },
      ...{ code: clip(code, 200), file: clip(file, 2048), line, column },
    })),
    omitted,
  };
}
