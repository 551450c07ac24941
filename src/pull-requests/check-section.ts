import type { Diagnostic } from '../domain/rulesets/diagnostic.ts';
import { clip, clipList } from './clip.ts';
import { reviewSchema, type SectionOf } from './section.ts';

/** Bounds of the schema. */
const maxDiagnostics = 200;

export interface CheckFindings {
  readonly files: number;
  readonly rules: number;
  /** Files as they are named in the repository. */
  readonly diagnostics: readonly Diagnostic[];
  /** Number of findings that are not reported because they are in the baseline. Default: 0. */
  readonly known?: number;
  /** True if warnings also fail the gate. */
  readonly strict: boolean;
}

/** The result of a check of rules as a section of a review, errors before warnings. */
export function checkSection({ files, rules, diagnostics, known = 0, strict }: CheckFindings): SectionOf<'check'> {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning');
  const { shown, omitted } = clipList([...errors, ...warnings], maxDiagnostics);
  return {
    schema: reviewSchema,
    section: 'check',
    verdict: errors.length > 0 || (strict && warnings.length > 0) ? 'failed' : 'passed',
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
  };
}
