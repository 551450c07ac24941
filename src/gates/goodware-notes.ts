import { mayLieBelow } from '../domain/text/wildcard.ts';
import { daysUntil, type GoodwareException, isExpired, namesRule } from './goodware-exceptions.ts';

export interface GoodwareNotesInput {
  readonly exceptions: readonly GoodwareException[];
  /** Display name of the file with the exceptions. */
  readonly file: string;
  /** Exceptions that covered a match. */
  readonly used: ReadonlySet<GoodwareException>;
  /** `namespace:name` of the scanned rules. */
  readonly scanned: readonly string[];
  /** `namespace:name` of all existing rules. */
  readonly known: readonly string[];
  /**
   * The scanned paths, with `/` between their parts. An exception for another place cannot be
   * needed here.
   */
  readonly roots: readonly string[];
  readonly nowMs: number;
}

/**
 * Returns the notes on exceptions: expired, with a missing rule, or not needed any more. Each is
 * one sentence.
 */
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
  if (!known.some((each) => namesRule(rule, each))) return 'is for a rule that does not exist: remove it.';
  if (isExpired(exception, nowMs)) return `expired on ${expires}: review it, then renew or remove it.`;
  const isHere = 'sha256' in file || roots.some((root) => mayLieBelow(file.path, root));
  if (used.has(exception)) {
    const days = daysUntil(expires, nowMs);
    return days > soonDays ? null : `is in use and expires on ${expires}: review it before then.`;
  }
  return isHere && scanned.some((each) => namesRule(rule, each))
    ? 'was not needed: remove it, unless another place needs it.'
    : null;
}

/** Days. Enough time for a review before the expiry blocks another pull request. */
const soonDays = 14;
