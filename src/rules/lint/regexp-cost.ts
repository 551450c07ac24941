import type { RegexpNode } from '../regexp/read-regexp.ts';

/** A repetition of any byte that has no upper limit. */
export interface UnboundedPart {
  /** As written, for example `.*`. */
  readonly text: string;
  /** True if it ends at a line end, like `.` without the flag `s`. */
  readonly isWithinLine: boolean;
}

/** Returns the repetitions of any byte that have no upper limit. */
export function unboundedParts(node: RegexpNode): readonly UnboundedPart[] {
  switch (node.kind) {
    case 'sequence':
      return node.parts.flatMap(unboundedParts);
    case 'choice':
      return node.options.flatMap(unboundedParts);
    case 'repeat':
      if (node.max === null && node.part.kind === 'byte' && node.part.isAny) {
        return [{ text: node.text, isWithinLine: node.part.size < 256 }];
      }
      return unboundedParts(node.part);
    default:
      return [];
  }
}

/**
 * Returns the smallest number of texts of two bytes that the engine can search an expression by:
 * every match contains one of them. 65,536 if there are no two bytes in a row.
 */
export function fewestPairs(node: RegexpNode): number {
  const { head, best, tail } = sizesOf(node);
  return Math.min(best, pairsIn(head), pairsIn(tail));
}

/** Sizes of the bytes that a part always begins and ends with, and the fewest pairs between. */
interface Sizes {
  readonly head: readonly number[];
  /** Empty if the head is all of it. */
  readonly tail: readonly number[];
  readonly best: number;
  /** True if the part is exactly its head. */
  readonly isWhole: boolean;
}

/** Repetitions that are written out. */
const maxWritten = 4;
const none = 65_536;

function pairsIn(run: readonly number[]): number {
  return run.reduce((best, size, index) => Math.min(best, size * (run[index + 1] ?? 256)), none);
}

const whole = (head: readonly number[]): Sizes => ({ head, tail: [], best: none, isWhole: true });

function sizesOf(node: RegexpNode): Sizes {
  switch (node.kind) {
    case 'byte':
      return whole([node.size]);
    case 'nothing':
      return whole([]);
    case 'choice': {
      const options = node.options.map(sizesOf);
      if (options.every(({ isWhole, head }) => isWhole && head.length === 1)) {
        return whole([
          Math.min(
            256,
            options.reduce((sum, { head }) => sum + (head[0] ?? 0), 0),
          ),
        ]);
      }
      const pairs = options.map(({ head, best, tail }) => Math.min(best, pairsIn(head), pairsIn(tail)));
      return { head: [], tail: [], best: Math.max(...pairs), isWhole: false };
    }
    case 'repeat': {
      const part = sizesOf(node.part);
      if (node.min === 0) return { head: [], tail: [], best: none, isWhole: false };
      if (!part.isWhole) return part;
      const run = Array.from({ length: Math.min(node.min, maxWritten) }, () => part.head).flat();
      return node.min === node.max && node.min <= maxWritten
        ? whole(run)
        : { head: run, tail: run, best: none, isWhole: false };
    }
    case 'sequence':
      return node.parts.map(sizesOf).reduce(joined, whole([]));
  }
}

function joined(one: Sizes, other: Sizes): Sizes {
  const last = one.isWhole ? one.head : one.tail;
  const between = [...last, ...other.head];
  if (one.isWhole) return { ...other, head: between };
  if (other.isWhole) return { ...one, tail: between };
  return { ...one, tail: other.tail, best: Math.min(one.best, other.best, pairsIn(between)) };
}
