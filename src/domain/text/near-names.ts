/**
 * The at most five names that are most similar to a text, best first. If none is similar, the first
 * five.
 */
export function nearNames(text: string, names: readonly string[]): readonly string[] {
  const wanted = pairsOf(text);
  const rated = [...new Set(names)].map((name) => ({ name, likeness: likeness(wanted, pairsOf(name)) }));
  return rated
    .sort((a, b) => b.likeness - a.likeness)
    .filter(({ likeness }, _, [best]) => likeness > 0 || best?.likeness === 0)
    .slice(0, 5)
    .map(({ name }) => name);
}

/** Number of pairs that two sets share. Of equally similar names, the shorter one is nearer. */
function likeness(wanted: ReadonlySet<string>, pairs: ReadonlySet<string>): number {
  const common = [...wanted].filter((pair) => pairs.has(pair)).length;
  return common === 0 ? 0 : common + 1 / (1 + pairs.size);
}

/** Pairs of neighbouring characters. */
function pairsOf(text: string): ReadonlySet<string> {
  const lower = text.toLowerCase();
  return new Set(Array.from({ length: Math.max(lower.length - 1, 0) }, (_, at) => lower.slice(at, at + 2)));
}
