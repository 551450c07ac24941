import { extractTexts, type TextEncoding } from './extract-texts.ts';
import { rateText } from './rate-text.ts';

/** A text that all samples have. */
export interface CommonText {
  readonly text: string;
  /** All encodings that are needed to find it in every sample. */
  readonly encodings: readonly TextEncoding[];
  readonly points: number;
}

/** Collects the texts that all samples have, one sample at a time. */
export interface CommonTexts {
  /** Adds a sample. The first one decides which texts are candidates. */
  add(bytes: Uint8Array): void;
  /** The common texts, best first; texts of equal points in the order of the first sample. */
  list(): readonly CommonText[];
}

interface Candidate {
  readonly points: number;
  /** The encodings that every sample so far has. */
  inAll: ReadonlySet<TextEncoding>;
  readonly inAny: Set<TextEncoding>;
}

const bothEncodings: readonly TextEncoding[] = ['ascii', 'wide'];

/**
 * @param options.limit maximum number of texts that are held: those with the fewest points are
 *   dropped. Default: 50,000
 */
export function createCommonTexts({ limit = 50_000 }: { readonly limit?: number } = {}): CommonTexts {
  let candidates: Map<string, Candidate> | null = null;

  function first(bytes: Uint8Array): Map<string, Candidate> {
    let found = new Map<string, Candidate>();
    for (const { text, encoding } of extractTexts(bytes)) {
      const known = found.get(text);
      if (known !== undefined) {
        known.inAny.add(encoding);
        known.inAll = known.inAny;
        continue;
      }
      const own = new Set([encoding]);
      found.set(text, { points: rateText(text), inAll: own, inAny: own });
      if (found.size >= 2 * limit) found = best(found, limit);
    }
    return best(found, limit);
  }

  function others(known: Map<string, Candidate>, bytes: Uint8Array): Map<string, Candidate> {
    const seen = new Map<string, Set<TextEncoding>>();
    for (const { text, encoding } of extractTexts(bytes)) {
      if (!known.has(text)) continue;
      const encodings = seen.get(text) ?? new Set();
      seen.set(text, encodings.add(encoding));
    }
    const left = new Map<string, Candidate>();
    for (const [text, { points, inAll, inAny }] of known) {
      const now = seen.get(text);
      if (now === undefined) continue;
      left.set(text, {
        points,
        inAll: new Set([...inAll].filter((each) => now.has(each))),
        inAny: new Set([...inAny, ...now]),
      });
    }
    return left;
  }

  return {
    add(bytes) {
      candidates = candidates === null ? first(bytes) : others(candidates, bytes);
    },
    list() {
      const all = [...(candidates ?? new Map<string, Candidate>())].map(([text, { points, inAll, inAny }]) => ({
        text,
        points,
        // One encoding that every sample has is enough.
        encodings: bothEncodings.filter((each) => (inAll.size > 0 ? inAll : inAny).has(each)),
      }));
      return all.sort((a, b) => b.points - a.points);
    },
  };
}

function best(found: ReadonlyMap<string, Candidate>, limit: number): Map<string, Candidate> {
  if (found.size <= limit) return new Map(found);
  const sorted = [...found].sort(([, a], [, b]) => b.points - a.points).slice(0, limit);
  const kept = new Set(sorted.map(([text]) => text));
  return new Map([...found].filter(([text]) => kept.has(text)));
}
