import { RearviewError } from '../../domain/errors.ts';

const unitMs: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ms: 1,
    s: 1000,
    min: 60_000,
    m: 60_000,
    h: 3_600_000,
    d: 86_400_000,
    w: 604_800_000,
  }),
);

/** Milliseconds of a duration such as `90s`, `20m`, `1.5h`, `7d`; undefined for what is none. */
export function durationMs(text: string): number | undefined {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text.trim()) ?? [];
  const ms = Number(digits) * (unitMs.get(unit?.toLowerCase() ?? '') ?? Number.NaN);
  return Number.isFinite(ms) ? ms : undefined;
}

/**
 * Parses a duration like `durationMs`.
 * @throws RearviewError `ERR_USAGE`
 */
export function parseDuration(text: string): number {
  const ms = durationMs(text);
  if (ms !== undefined) return ms;
  throw new RearviewError(
    'ERR_USAGE',
    `Invalid duration "${text}": use a number with a unit, for example 90s, 20m or 2h.`,
  );
}
