import path from 'node:path';
import { loadForScan } from '../app/load-for-scan.ts';
import type { Diagnostic } from '../domain/diagnostic.ts';
import { RearviewError } from '../domain/errors.ts';
import type { ScannableRuleset } from '../engine/types.ts';
import type { CliContext, GlobalOptions } from './context.ts';
import { diagnosticLine, printDiagnostics } from './diagnostics.ts';
import { painter, plural, printLine } from './output.ts';
import { readRulesetFile } from './read-ruleset-file.ts';

/**
 * The rules that a scan was given. Errors are printed; null where the scan must not begin because of them.
 * @throws RearviewError `ERR_CONFIG`, `ERR_RULESET_UNUSABLE`, `ERR_RULES_INVALID` where no rule is left
 */
export async function rulesForScan(
  context: CliContext,
  globals: GlobalOptions,
  options: { readonly ruleset?: string | undefined; readonly keepGoing: boolean },
): Promise<ScannableRuleset | null> {
  if (options.ruleset !== undefined) {
    return readRulesetFile('--ruleset', path.resolve(context.cwd, options.ruleset));
  }
  const { ruleset, errors } = await loadForScan(globals.rulesDir, options);
  const paint = painter(context, 'stderr');
  if (errors.length > 0 && !options.keepGoing) {
    await printDiagnostics(context, 'stderr', globals, errors, paint);
    await printLine(
      context.stderr,
      `Nothing was scanned: ${plural(errors.length, 'error')} in the rules. --keep-going scans with those that compile.`,
    );
    return null;
  }
  for (const [first, others] of byFile(errors)) {
    const more = others === 0 ? '' : ` (and ${others} more)`;
    await printLine(context.stderr, `${diagnosticLine(first, context, globals, paint)}${more}`);
  }
  if (ruleset.sources.length === 0) {
    throw new RearviewError('ERR_RULES_INVALID', `There is no rule file below ${globals.rulesDir} that compiles.`);
  }
  return ruleset;
}

/** The first error of each file, and how many others it has. */
function byFile(errors: readonly Diagnostic[]): readonly (readonly [Diagnostic, number])[] {
  const files = Map.groupBy(errors, ({ file }) => file);
  return [...files.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [[first, others.length] as const],
  );
}
