import path from 'node:path';
import type { KnownFindings } from '../../app/rulesets/prepare-rules.ts';
import { type Diagnostic, formatDiagnostic } from '../../domain/rulesets/diagnostic.ts';
import { baselineFile } from '../../rules/lint/baseline.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { groupDiagnostics } from './group-diagnostics.ts';
import { formatCount, type Paint, plural, printLine, safeText } from './output.ts';
import { sourceExcerpt } from './source-excerpt.ts';

/** Test files, including misnamed ones. */
const testFile = /\.test\.ya?ml$/;

/** Path of the file of a diagnostic. */
export function diagnosticPath(
  { file }: Pick<Diagnostic, 'file'>,
  { rulesDir, testsDir }: Pick<GlobalOptions, 'rulesDir' | 'testsDir'>,
): string {
  return path.join(testFile.test(file) ? testsDir : rulesDir, file);
}

/**
 * A diagnostic as one line that an editor can jump to: the path is relative to the working folder.
 */
export function diagnosticLine(
  diagnostic: Diagnostic,
  { cwd }: Pick<CliContext, 'cwd'>,
  folders: Pick<GlobalOptions, 'rulesDir' | 'testsDir'>,
  paint: Paint,
): string {
  const file = path.relative(cwd, diagnosticPath(diagnostic, folders));
  const line = safeText(formatDiagnostic({ ...diagnostic, file }));
  const { severity } = diagnostic;
  return line.replace(` ${severity}: `, ` ${paint(severity === 'error' ? 'red' : 'yellow', severity)}: `);
}

/**
 * Prints diagnostics a line each, errors of the engine with their line of the source. Many warnings of one code become one line.
 * @param options.verbose true prints every diagnostic by itself. Default: false
 */
export async function printDiagnostics(
  context: CliContext,
  stream: 'stdout' | 'stderr',
  globals: Pick<GlobalOptions, 'rulesDir' | 'testsDir'>,
  diagnostics: readonly Diagnostic[],
  paint: Paint,
  { verbose = false }: { readonly verbose?: boolean } = {},
): Promise<void> {
  const { shown, omitted } = verbose ? { shown: diagnostics, omitted: 0 } : groupDiagnostics(diagnostics);
  for (const each of shown) {
    await printLine(context[stream], diagnosticLine(each, context, globals, paint));
    if (each.severity === 'warning') continue;
    for (const line of sourceExcerpt(each)) await printLine(context[stream], safeText(line));
  }
  if (omitted > 0) await printLine(context.stderr, groupedNote);
}

/** How to see the findings that are grouped. */
export const groupedNote = 'Some warnings are grouped: "rearview rules check --verbose" lists each.';

/** Notes about the baseline of the rules folder: its findings, and those that no longer occur. */
export function baselineNotes(
  { cwd }: Pick<CliContext, 'cwd'>,
  { rulesDir }: Pick<GlobalOptions, 'rulesDir'>,
  baseline: KnownFindings | null,
): readonly string[] {
  if (baseline === null) return [];
  const file = path.relative(cwd, path.join(rulesDir, baselineFile));
  const gone = baseline.gone.reduce((sum, { count }) => sum + count, 0);
  const [first] = baseline.gone;
  const example = first === undefined ? '' : `, the first ${first.code} in ${first.file}`;
  const subject = gone === 1 ? '1 warning no longer occurs' : `${formatCount(gone)} warnings no longer occur`;
  return [
    ...(baseline.known === 0 ? [] : [`${file}: note: ${plural(baseline.known, 'warning')} in the baseline not shown`]),
    ...(gone === 0
      ? []
      : [`${file}: note: ${subject}${example}: run "rearview rules check --baseline" again to remove them`]),
  ].map(safeText);
}

/** `2 errors, 1 warning`. */
export function countDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  return `${plural(errors, 'error')}, ${plural(diagnostics.length - errors, 'warning')}`;
}
