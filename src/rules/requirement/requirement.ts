import { createHash } from 'node:crypto';
import type { ByteSet } from '../scope/byte-set.ts';
import type { FactTest } from './facts.ts';

/**
 * A necessary condition on a content: if a rule matches it, this is true of it. It knows only which
 * bytes occur somewhere, and a few facts. What cannot be said with these is `open`, that is, true.
 */
export type Requirement =
  /** At least this many are true: 0 of none is always true, 1 of none never. */
  | { readonly kind: 'gate'; readonly atLeast: number; readonly of: readonly Requirement[] }
  /** These bytes occur in a row somewhere; each is one of a set. */
  | { readonly kind: 'run'; readonly bytes: readonly ByteSet[] }
  | { readonly kind: 'fact'; readonly test: FactTest }
  /** True of any content, for this reason: a sentence without a full stop. */
  | { readonly kind: 'open'; readonly reason: string };

/** Is never true. */
export const impossible: Requirement = { kind: 'gate', atLeast: 1, of: [] };

export function open(reason: string): Requirement {
  return { kind: 'open', reason };
}

/** Is true if all are. An open part says nothing, unless all are open. */
export function allOf(parts: readonly Requirement[]): Requirement {
  const closed = parts.filter(({ kind }) => kind !== 'open');
  const [first] = parts;
  if (closed.length === 0 && first !== undefined) return first;
  return atLeast(closed.length, closed);
}

/** Is true if one is: with an open part it is open. */
export function anyOf(parts: readonly Requirement[]): Requirement {
  return atLeast(1, parts);
}

/** Is true if at least this many are. */
export function atLeast(needed: number, of: readonly Requirement[]): Requirement {
  const opens = of.filter(({ kind }) => kind === 'open');
  const [open] = opens;
  if (open !== undefined && opens.length >= needed) return open;
  const [only] = of;
  if (needed === 1 && of.length === 1 && only !== undefined) return only;
  return { kind: 'gate', atLeast: needed, of };
}

/** Returns a name for a requirement: the same for the same text of it, in any process. */
export function requirementDigest(requirement: Requirement): string {
  const known = new Map<Requirement, string>();
  const digestOf = (each: Requirement): string => {
    const found = known.get(each);
    if (found !== undefined) return found;
    const text = JSON.stringify(
      each.kind === 'gate' ? ['gate', each.atLeast, each.of.map(digestOf)] : each,
      (_, value: unknown) => (typeof value === 'bigint' ? value.toString(16) : value),
    );
    const digest = createHash('sha256').update(text).digest('hex');
    known.set(each, digest);
    return digest;
  };
  return digestOf(requirement);
}
