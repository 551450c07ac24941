import { RearviewError } from '../../domain/errors.ts';
import { durationMs } from './parse-duration.ts';

/**
 * ISO 8601 with a date, and where it has a time, seconds and zone if wanted. A date without a time
 * is midnight UTC.
 */
const iso = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * A moment as ISO 8601 in UTC, from ISO 8601 (without a zone: UTC) or from a duration before now,
 * such as `90s`, `12h`, `7d`, `2w`.
 * @throws RearviewError `ERR_USAGE`
 */
export function parseTime(text: string, nowMs: number): string {
  const trimmed = text.trim();
  const agoMs = durationMs(trimmed);
  const ms = agoMs === undefined ? parseIso(trimmed) : nowMs - agoMs;
  const moment = new Date(ms);
  if (Number.isNaN(moment.getTime())) {
    throw new RearviewError(
      'ERR_USAGE',
      `Invalid time "${text}": use ISO 8601, for example 2026-01-31 or 2026-01-31T08:00:00Z, or how long ago, for example 12h or 7d.`,
    );
  }
  return moment.toISOString();
}

function parseIso(text: string): number {
  const day = text.slice(0, 10);
  // Date.parse takes 30 February for 2 March.
  if (!iso.test(text) || !startsWithDay(day)) return Number.NaN;
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/.test(text.slice(10));
  return Date.parse(text.length > 10 && !hasZone ? `${text}Z` : text);
}

function startsWithDay(day: string): boolean {
  const moment = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(day);
}
