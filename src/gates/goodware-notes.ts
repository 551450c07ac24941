import { mayLieBelow } from '../domain/text/wildcard.ts';
import { daysUntil, type GoodwareException, isExpired, namesRule } from './goodware-exceptions.ts';

export interface GoodwareNotesInput {
  readonly exceptions: readonly GoodwareException[];
  /** The file that they stand in, for people. */
  readonly file: string;
  /** Those that covered a hit. */
  readonly used: ReadonlySet<GoodwareException>;
  /** `namespace:name` of the rules that scanned. */
  readonly scanned: readonly string[];
  /** `namespace:name` of all rules there are. */
  readonly known: readonly string[];
  /** What was scanned, with `/` between its parts: of a place elsewhere nothing is needed here. */
  readonly roots: readonly string[];
  readonly nowMs: number;
}

/** What there is to say of exceptions: those that have expired, whose rule is gone, or that nothing needs any more. A sentence each. */
export function exceptionNotes(input: GoodwareNotesInput): readonly string[] {
  return input.exceptions.flatMap((each) => {
    const why = noteOf(each, input);
    const subject = 'sha256' in each.file ? each.file.sha256 : each.file.path;
    return why === null ? [] : [`${input.file}:${each.line}: the exception of ${each.rule} for ${subject} ${why}`];
  });
}

function noteOf(
  exception: GoodwareException,
  { used, scanned, known, roots, nowMs }: GoodwareNotesInput,
): string | null {
  const { rule, file, expires } = exception;
  if (!known.some((each) => namesRule(rule, each))) return 'is of no rule that there is: remove it.';
  if (isExpired(exception, nowMs)) return `expired on ${expires}: look again, then renew or remove it.`;
  const isHere = 'sha256' in file || roots.some((root) => mayLieBelow(file.path, root));
  if (used.has(exception)) {
    const days = daysUntil(expires, nowMs);
    return days > soonDays ? null : `is in use and expires on ${expires}: look again before.`;
  }
  return isHere && scanned.some((each) => namesRule(rule, each))
    ? 'was not needed: remove it, unless another place needs it.'
    : null;
}

/** Days. Enough for somebody to look before a pull request of somebody else is held up. */
const soonDays = 14;
