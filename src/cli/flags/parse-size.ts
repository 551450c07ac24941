import { RearviewError } from '../../domain/errors.ts';

const powers: ReadonlyMap<string, number> = new Map(
  Object.entries({
    '': 1,
    b: 1,
    k: 1024,
    kib: 1024,
    kb: 1000,
    m: 1024 ** 2,
    mib: 1024 ** 2,
    mb: 1000 ** 2,
    g: 1024 ** 3,
    gib: 1024 ** 3,
    gb: 1000 ** 3,
    t: 1024 ** 4,
    tib: 1024 ** 4,
    tb: 1000 ** 4,
  }),
);

/**
 * Bytes from `1024`, `10KB` (1,000s), `5MiB` or `5M` (1,024s), whatever the case.
 * @throws RearviewError `ERR_USAGE`
 */
export function parseSize(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const power = unit === undefined ? undefined : powers.get(unit.toLowerCase());
  const bytes = Math.round(Number(digits) * (power ?? Number.NaN));
  if (!Number.isSafeInteger(bytes)) {
    throw new RearviewError(
      'ERR_USAGE',
      `Invalid size "${text}": use bytes, or a number with a unit, for example 10KB or 5MiB.`,
    );
  }
  return bytes;
}
