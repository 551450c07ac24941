import type { MutantReport } from '../../app/gates/mutant-report.ts';
import type { CliContext } from '../context.ts';
import { formatCount, plural, printLine, safeText } from './output.ts';

/**
 * Prints the mutants that no test noticed, and a summary.
 * @param options.listUntested lists the rules that no test expects to match
 */
export async function printMutants(
  { stdout }: Pick<CliContext, 'stdout'>,
  report: MutantReport,
  { listUntested }: { readonly listUntested: boolean },
): Promise<void> {
  const { survivors, untested, tested, noticed, leftOut, refused } = report;
  await printLine(stdout, '');
  const print = (place: (typeof untested)[number], text: string) =>
    printLine(stdout, safeText(`${place.file}:${place.line}:${place.column}: ${place.rule}: ${text}`));
  for (const each of survivors) await print(each, `${each.before} → ${each.after}`);
  if (listUntested) for (const each of untested) await print(each, 'no mutants: no test expects it to match');
  const percent = tested === 0 ? '' : ` (${Math.floor((100 * noticed) / tested)}%)`;
  const notes = [
    ...(leftOut === 0 ? [] : [`${formatCount(leftOut)} left out`]),
    ...(refused === 0 ? [] : [`${formatCount(refused)} did not compile`]),
  ];
  const rest = notes.length === 0 ? '' : `; ${notes.join(', ')}`;
  await printLine(stdout, `${formatCount(noticed)} of ${plural(tested, 'mutant')} noticed${percent}${rest}`);
}
