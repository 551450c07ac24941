import { type Facts, mayBeTrue } from './facts.ts';
import type { Requirement } from './requirement.ts';
import { windowsOf } from './run-windows.ts';

/** What is known of a content. */
export interface KnownContent {
  readonly facts: Facts;
  /** False only if the four bytes, the first one lowest, occur nowhere in it. */
  readonly hasGram: (gram: number) => boolean;
}

/**
 * Returns whether a requirement may be true of a content. It is the reference for every index: an
 * index may say yes more often, never less often.
 */
export function mayMatch(requirement: Requirement, content: KnownContent): boolean {
  const known = new Map<Requirement, boolean>();
  const evaluate = (each: Requirement): boolean => {
    const found = known.get(each);
    if (found !== undefined) return found;
    const value = evaluateOne(each);
    known.set(each, value);
    return value;
  };
  const evaluateOne = (each: Requirement): boolean => {
    switch (each.kind) {
      case 'open':
        return true;
      case 'fact':
        return mayBeTrue(each.test, content.facts);
      case 'run':
        return windowsOf(each.bytes).every((grams) => grams.some(content.hasGram));
      case 'gate': {
        let missing = each.atLeast;
        for (const part of each.of) {
          if (missing <= 0) break;
          if (evaluate(part)) missing -= 1;
        }
        return missing <= 0;
      }
    }
  };
  return evaluate(requirement);
}

/** The four bytes in a row of a content, the first one lowest. */
export function gramsOf(bytes: Uint8Array): ReadonlySet<number> {
  const grams = new Set<number>();
  let gram = 0;
  for (const [index, value] of bytes.entries()) {
    gram = (gram >>> 8) | (value << 24);
    if (index >= 3) grams.add(gram >>> 0);
  }
  return grams;
}
