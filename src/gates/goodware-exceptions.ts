import { fitsPath, fitsText } from '../domain/text/wildcard.ts';

/** A match on goodware that was reviewed and is accepted for some time. */
export interface GoodwareException {
  /** `name`, or `namespace:name`; both may contain `*`. */
  readonly rule: string;
  /**
   * The covered files: exactly one of a content hash, in lower-case hex, and a path pattern
   * (`fitsPath`).
   */
  readonly file: { readonly sha256: string } | { readonly path: string };
  readonly reason: string;
  /** The last day of validity, in UTC: `YYYY-MM-DD`. */
  readonly expires: string;
  /** Its first line in the file, from 1. */
  readonly line: number;
}

/** A rule that matched a file. */
export interface GoodwareMatch {
  /** `namespace:name`. */
  readonly rule: string;
  /** With `/` between its parts; for an S3 object, its URL. */
  readonly path: string;
  /** Lower-case hex. */
  readonly sha256: string;
}

const dayMs = 86_400_000;
/** Days. A review is due every year, including leap years. */
export const longestExceptionDays = 366;

/** Returns whether it covers this match, expired or not. */
export function isAbout(exception: GoodwareException, { rule, path, sha256 }: GoodwareMatch): boolean {
  if (!namesRule(exception.rule, rule)) return false;
  const { file } = exception;
  return 'sha256' in file ? file.sha256 === sha256 : fitsPath(file.path, path);
}

/**
 * Returns whether a pattern names a rule. Without a colon, it names rules of every namespace.
 * Otherwise, the parts before and after the last colon are compared separately with namespace and
 * name, so that a `*` never matches across them.
 */
export function namesRule(pattern: string, rule: string): boolean {
  const [namespacePattern, namePattern] = splitRule(pattern);
  const [namespace, name] = splitRule(rule);
  return fitsText(namePattern, name) && (namespacePattern === null || fitsText(namespacePattern, namespace ?? ''));
}

function splitRule(text: string): readonly [string | null, string] {
  const colon = text.lastIndexOf(':');
  return colon < 0 ? [null, text] : [text.slice(0, colon), text.slice(colon + 1)];
}

/** Returns whether its last day, in UTC, is over. */
export function isExpired({ expires }: Pick<GoodwareException, 'expires'>, nowMs: number): boolean {
  return daysUntil(expires, nowMs) < 0;
}

/** Returns the days from today to that day, both in UTC: 0 is today, negative is over. */
export function daysUntil(day: string, nowMs: number): number {
  return Math.round((Date.parse(`${day}T00:00:00Z`) - Math.floor(nowMs / dayMs) * dayMs) / dayMs);
}

/** Returns the first active exception that covers a match; null if there is none. */
export function exceptionFor(
  exceptions: readonly GoodwareException[],
  match: GoodwareMatch,
  nowMs: number,
): GoodwareException | null {
  return exceptions.find((each) => isAbout(each, match) && !isExpired(each, nowMs)) ?? null;
}
