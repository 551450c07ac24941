/**
 * The version of the unpacker. It rises when files are opened that were not opened before, or
 * better; `improvements` then says which.
 */
export const unpackerVersion = 1;

/**
 * The formats that a version opens better than the one before, among those that the one before
 * recognized; `unknown` if it recognizes more files than the one before.
 */
const improvements: Readonly<Record<number, readonly string[] | 'unknown'>> = {
  1: 'unknown',
};

/** The formats that this version opens better than an earlier one. */
export function improvedFormats(since: number): ReadonlySet<string> | 'unknown' {
  const formats = new Set<string>();
  if (!Number.isInteger(since) || since < 1) return 'unknown';
  for (let version = since + 1; version <= unpackerVersion; version += 1) {
    const better = improvements[version] ?? 'unknown';
    if (better === 'unknown') return 'unknown';
    for (const name of better) formats.add(name);
  }
  return formats;
}
