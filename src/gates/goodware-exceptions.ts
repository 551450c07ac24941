import { fitsPath, fitsText } from '../domain/text/wildcard.ts';

/** A hit on goodware that somebody looked at and accepts, for a while. */
export interface GoodwareException {
  /** `name`, or `namespace:name`; each may hold `*`. */
  readonly rule: string;
  /** Which files: exactly one of a content, in lower-case hex, and a pattern of paths (`fitsPath`). */
  readonly file: { readonly sha256: string } | { readonly path: string };
  readonly reason: string;
  /** The last day that it covers, in UTC: `YYYY-MM-DD`. */
  readonly expires: string;
  /** Where it stands in its file, from 1. */
  readonly line: number;
}

/** A rule that matched a file. */
export interface GoodwareHit {
  /** `namespace:name`. */
  readonly rule: string;
  /** With `/` between its parts; an object of S3 as its URL. */
  readonly path: string;
  /** Lower-case hex. */
  readonly sha256: string;
}

const dayMs = 86_400_000;
/** Days. A review is due every year, leap years included. */
export const longestExceptionDays = 366;

/** Whether it is about this hit, expired or not. */
export function isAbout(exception: GoodwareException, { rule, path, sha256 }: GoodwareHit): boolean {
  if (!namesRule(exception.rule, rule)) return false;
  const { file } = exception;
  return 'sha256' in file ? file.sha256 === sha256 : fitsPath(file.path, path);
}

/**
 * Whether a pattern names a rule. One without a colon names rules of every namespace; the parts before and behind the last colon are held against
 * namespace and name one by one, so that a `*` never reaches from one into the other.
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

/** Whether its last day, in UTC, is over. */
export function isExpired({ expires }: Pick<GoodwareException, 'expires'>, nowMs: number): boolean {
  return daysUntil(expires, nowMs) < 0;
}

/** Days from today to that day, both in UTC: 0 is today, less is over. */
export function daysUntil(day: string, nowMs: number): number {
  return Math.round((Date.parse(`${day}T00:00:00Z`) - Math.floor(nowMs / dayMs) * dayMs) / dayMs);
}

/** The first exception in force that covers a hit; null where there is none. */
export function exceptionFor(
  exceptions: readonly GoodwareException[],
  hit: GoodwareHit,
  nowMs: number,
): GoodwareException | null {
  return exceptions.find((each) => isAbout(each, hit) && !isExpired(each, nowMs)) ?? null;
}
