import { hasCode } from '../../domain/errors.ts';
import { type Diagnostic, formatDiagnostic } from '../../domain/rulesets/diagnostic.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { VariableDeclaration } from '../../domain/rulesets/variables.ts';
import type { BaseShelf } from '../../engine/base-image.ts';
import type { CliContext } from '../context.ts';
import { declaredVariables } from '../flags/declared-variables.ts';
import { baselineNotes, groupedNote } from '../output/diagnostics.ts';
import { leftOutLine, noRules } from '../output/left-out-lines.ts';
import { formatDuration, plural } from '../output/output.ts';
import { printedTextLines } from '../output/printed-text-lines.ts';
import { sourceExcerpt } from '../output/source-excerpt.ts';
import { prepareWithCache } from '../wiring/prepare-with-cache.ts';
import type { Say } from './say.ts';

export interface PrepareUp {
  readonly context: Pick<CliContext, 'env'>;
  /** Images for the workers. */
  readonly bases: BaseShelf;
  readonly options: {
    readonly cwd: string;
    readonly stateDir: string;
    readonly rulesDir: string;
    readonly testsDir: string;
  };
  readonly progress: { line(text: string): void };
  readonly say: Say;
  /** Picks the warnings that are printed. */
  readonly newWarnings: (warnings: readonly Diagnostic[]) => readonly Diagnostic[];
  /** Ends the preparation. */
  readonly signal: AbortSignal;
}

/**
 * Checks, tests and builds the rules; null if they cannot be published; the reasons are printed.
 * @throws an error once the signal is aborted, at once
 */
export async function prepareUp(session: PrepareUp): Promise<Ruleset | null> {
  const { context, bases, options, progress, say, signal } = session;
  const started = performance.now();
  // At once: with thousands of rules the result takes a while.
  say('rules', 'checking …');
  let variables: readonly VariableDeclaration[];
  try {
    variables = await declaredVariables(options);
  } catch (error) {
    if (!hasCode(error, 'ERR_CONFIG')) throw error;
    say('error', error.message);
    return null;
  }
  const { ruleset, base, diagnostics, leftOut, baseline, tests } = await prepareWithCache(context, {
    ...options,
    variables,
    image: 'keep',
    signal,
    onPrinted: (test, printed) => printedTextLines(test, printed).forEach((line) => void progress.line(line)),
  });
  signal.throwIfAborted();
  if (base !== undefined) bases.add('', () => base);
  printFindings(session, diagnostics);
  for (const note of baselineNotes(options, options, baseline)) say('note', note);
  const summary = leftOutLine(leftOut);
  if (summary !== null) say('vendor', summary);
  const took = formatDuration(performance.now() - started);
  if (ruleset === null) say('rules', `not published: fix the errors above (${took})`);
  else if (ruleset.rules.length === 0 && leftOut.length > 0) {
    // Publishing it would end all detection because of rules that others have broken.
    say('rules', `not published: ${noRules(options.rulesDir, leftOut)}`);
    return null;
  } else {
    const tested = tests === undefined ? '' : `, ${plural(tests.passed, 'test')} passed`;
    say(
      'rules',
      `${plural(ruleset.rules.length, 'rule')} in ${plural(ruleset.sources.length, 'file')}${tested} (${took})`,
    );
  }
  return ruleset;
}

function printFindings({ say, newWarnings }: PrepareUp, diagnostics: readonly Diagnostic[]): void {
  for (const diagnostic of diagnostics.filter(({ severity }) => severity === 'error')) {
    say('error', formatDiagnostic(diagnostic));
    for (const line of sourceExcerpt(diagnostic)) say('', line);
  }
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning');
  const shown = newWarnings(warnings);
  for (const each of shown) say('warning', formatDiagnostic(each));
  if (shown.length > 0 && shown.length < warnings.length) say('note', groupedNote);
}
