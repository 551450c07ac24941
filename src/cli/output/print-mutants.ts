import type { MutantReport } from '../../app/gates/mutant-report.ts';
import { formatCount, plural, safeText } from './output.ts';

/** The mutants that no test noticed, the rules without mutants, and a summary, each a line. */
export function mutantLines({
  survivors,
  untested,
  tested,
  noticed,
  leftOut,
  refused,
}: MutantReport): readonly string[] {
  const line = (place: (typeof untested)[number], text: string) =>
    safeText(`${place.file}:${place.line}:${place.column}: ${place.rule}: ${text}`);
  const percent = tested === 0 ? '' : ` (${Math.floor((100 * noticed) / tested)}%)`;
  const notes = [
    ...(leftOut === 0 ? [] : [`${formatCount(leftOut)} left out`]),
    ...(refused === 0 ? [] : [`${formatCount(refused)} did not compile`]),
  ];
  const rest = notes.length === 0 ? '' : `; ${notes.join(', ')}`;
  return [
    ...survivors.map((each) => line(each, `${each.before} → ${each.after}`)),
    ...untested.map((each) => line(each, 'no mutants: no test expects it to match')),
    `${formatCount(noticed)} of ${plural(tested, 'mutant')} noticed${percent}${rest}`,
  ];
}
