import path from 'node:path';
import { type Diagnostic, formatDiagnostic } from '../../domain/rulesets/diagnostic.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { type Paint, plural, printLine, safeText } from './output.ts';

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

/** Prints diagnostics a line each. */
export async function printDiagnostics(
  context: CliContext,
  stream: 'stdout' | 'stderr',
  globals: Pick<GlobalOptions, 'rulesDir' | 'testsDir'>,
  diagnostics: readonly Diagnostic[],
  paint: Paint,
): Promise<void> {
  for (const each of diagnostics) await printLine(context[stream], diagnosticLine(each, context, globals, paint));
}

/** `2 errors, 1 warning`. */
export function countDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  return `${plural(errors, 'error')}, ${plural(diagnostics.length - errors, 'warning')}`;
}
