/** The hidden first line of a comment of ours: `<!-- rearview:review run=12 head=abc -->`. It says what the comment is for, and what to know of it later. */
export interface CommentMarker {
  /** Lower-case letters and hyphens. One comment of a kind stands on a pull request. */
  readonly kind: string;
  /** Keys of letters; values of `A-Za-z0-9._:/+=,-`, none of them empty. */
  readonly values: Readonly<Record<string, string>>;
}

const form = /^<!-- rearview:([a-z-]{1,40})((?: [a-zA-Z]{1,40}=[\w.:/+=,-]{1,400}){0,20}) -->(?:\r?\n|$)/;

/** Writes the marker, without a line end. Throws RangeError on what a marker cannot hold: nothing hostile gets into one. */
export function formatMarker({ kind, values }: CommentMarker): string {
  const text = [`rearview:${kind}`, ...Object.entries(values).map(([key, value]) => `${key}=${value}`)].join(' ');
  const marker = `<!-- ${text} -->`;
  // "--" would end an HTML comment early in some readers.
  if (!form.test(marker) || text.includes('--')) throw new RangeError(`This is no marker of a comment: ${marker}`);
  return marker;
}

/** The marker that a comment begins with; null where it has none. Says nothing of who wrote it. */
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
