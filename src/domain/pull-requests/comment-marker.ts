/**
 * The hidden first line of a comment that Rearview posts, such as `<!-- rearview:review run=12
 * head=abc -->`: the kind of the comment, and values to read later.
 */
export interface CommentMarker {
  /** Lower-case letters and hyphens. A pull request has one comment of each kind. */
  readonly kind: string;
  /** Keys of letters; values of `A-Za-z0-9._:/+=,-`, none of them empty. */
  readonly values: Readonly<Record<string, string>>;
}

const form = /^<!-- rearview:([a-z-]{1,40})((?: [a-zA-Z]{1,40}=[\w.:/+=,-]{1,400}){0,20}) -->(?:\r?\n|$)/;

/**
 * Formats the marker, without a line end. Throws RangeError for values that a marker cannot
 * contain, so hostile text never gets into one.
 */
export function formatMarker({ kind, values }: CommentMarker): string {
  const text = [`rearview:${kind}`, ...Object.entries(values).map(([key, value]) => `${key}=${value}`)].join(' ');
  const marker = `<!-- ${text} -->`;
  // "--" would end an HTML comment early in some parsers.
  if (!form.test(marker) || text.includes('--')) throw new RangeError(`Invalid comment marker: ${marker}`);
  return marker;
}

/**
 * The marker that a comment begins with; null if it has none. Anyone can write a marker: check the
 * author too.
 */
export function parseMarker(body: string): CommentMarker | null {
  const [, kind, values] = form.exec(body) ?? [];
  if (kind === undefined || values === undefined) return null;
  const pairs = values.split(' ').filter((pair) => pair !== '');
  return { kind, values: Object.fromEntries(pairs.map(splitPair)) };
}

function splitPair(pair: string): readonly [string, string] {
  const at = pair.indexOf('=');
  return [pair.slice(0, at), pair.slice(at + 1)];
}
