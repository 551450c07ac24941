/** Names of which a smaller part is shared look unlike each other. */
const leastShared = 0.5;
const mostListed = 5;

/**
 * Returns the at most five names that are similar to a text, best first. A name is similar if it
 * has half of the text's pairs of neighbouring characters, or if one of its words is the text with
 * a slip of the keyboard.
 */
export function nearNames(text: string, names: readonly string[]): readonly string[] {
  const wanted = pairsOf(text);
  const rated = [...new Set(names)].map((name) => {
    const pairs = pairsOf(name);
    const common = [...wanted].filter((pair) => pairs.has(pair)).length;
    // Of equally similar names, the shorter one is nearer.
    const shared = wanted.size === 0 ? 0 : common / wanted.size + 1 / (100 + pairs.size);
    return { name, likeness: shared >= leastShared || hasSlip(text, name) ? shared + Number.EPSILON : 0 };
  });
  return rated
    .filter(({ likeness }) => likeness > 0)
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, mostListed)
    .map(({ name }) => name);
}

/**
 * A hint for an unknown name: similar names below a title, or else the first names.
 * @param none the hint if there are no names at all
 * @returns its first line and further ones, indented
 */
export function nameHint(text: string, names: readonly string[], none: string): readonly string[] {
  if (names.length === 0) return [none];
  const near = nearNames(text, names);
  const listed = near.length > 0 ? near : [...new Set(names)].slice(0, mostListed);
  return [near.length > 0 ? 'Similar names:' : 'Some names:', ...listed.map((name) => `  ${name}`)];
}

/** Pairs of neighbouring characters. */
function pairsOf(text: string): ReadonlySet<string> {
  const lower = text.toLowerCase();
  return new Set(Array.from({ length: Math.max(lower.length - 1, 0) }, (_, at) => lower.slice(at, at + 2)));
}

function hasSlip(text: string, name: string): boolean {
  const wanted = text.toLowerCase();
  if (wanted.length < 3) return false;
  return [name, ...name.split(/[^\p{L}\p{N}]+/u)].some((word) => isSlip(wanted, word.toLowerCase()));
}

/** Whether one character is missing, too many or another, or two neighbours changed places. */
function isSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  if (restA === restB) return true;
  return (
    restA.slice(1) === restB.slice(1) ||
    restA.slice(1) === restB ||
    restA === restB.slice(1) ||
    (restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2))
  );
}
