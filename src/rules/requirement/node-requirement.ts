import type { RegexpNode } from '../regexp/read-regexp.ts';
import { type ByteSet, everyByte } from '../scope/byte-set.ts';
import { allOf, anyOf, open, type Requirement } from './requirement.ts';

/** Copies of a repeated part, and bytes of a jump, that are written out. */
const maxWritten = 8;
/** Bytes before alternatives that are kept with each of them. */
const keptBefore = 16;
/** A longer run is split. */
const maxRun = 256;
/** Bytes that are read and written for one pattern: nested repetitions multiply. */
const maxBytes = 100_000;

/** The bytes that end a part, and whether they are all of it. */
interface Tail {
  readonly run: readonly ByteSet[];
  readonly isWhole: boolean;
}

/**
 * Returns what every match of an expression requires, as runs of bytes.
 * @param widen replaces each byte, for example by the byte and a zero
 * @param why the reason if nothing is required
 */
export function requirementOfNode(
  node: RegexpNode,
  widen: (set: ByteSet) => readonly ByteSet[],
  why: string,
): Requirement {
  let bytesLeft = maxBytes;
  const runOf = (run: readonly ByteSet[]): readonly Requirement[] => {
    bytesLeft -= run.length;
    return run.length === 0 || bytesLeft < 0 ? [] : [{ kind: 'run', bytes: run }];
  };

  /** Adds what is required to `found`, except for the run at the end. */
  const collect = (part: RegexpNode, before: Tail, found: Requirement[]): Tail => {
    if (bytesLeft < 0) return { run: [], isWhole: false };
    switch (part.kind) {
      case 'nothing':
        return before;
      case 'byte':
        bytesLeft -= 1;
        if (before.run.length < maxRun) return { ...before, run: [...before.run, ...widen(part.set)] };
        found.push(...runOf(before.run));
        return { run: [...before.run.slice(-keptBefore), ...widen(part.set)], isWhole: false };
      case 'sequence':
        return part.parts.reduce((tail, each) => collect(each, tail, found), before);
      case 'repeat':
        return collectRepeat(part, before, found);
      case 'choice':
        return collectChoice(part.options, before, found);
    }
  };

  const collectRepeat = (
    { part, min, max }: Extract<RegexpNode, { kind: 'repeat' }>,
    before: Tail,
    found: Requirement[],
  ): Tail => {
    const copies = (tail: Tail, count: number): Tail => {
      let last = tail;
      for (let index = 0; index < count; index += 1) last = collect(part, last, found);
      return last;
    };
    if (min === max && min <= maxWritten) return copies(before, min);
    const first = copies(before, Math.min(min, maxWritten));
    found.push(...runOf(first.run));
    // The last copies are before whatever follows.
    return { run: copies({ run: [], isWhole: true }, Math.min(min, maxWritten)).run, isWhole: false };
  };

  const collectChoice = (options: readonly RegexpNode[], before: Tail, found: Requirement[]): Tail => {
    const kept = before.run.slice(-keptBefore);
    const ways = options.map((option) => {
      const inside: Requirement[] = [];
      const tail = collect(option, { run: kept, isWhole: true }, inside);
      return { inside, tail };
    });
    const lengths = new Set(ways.map(({ tail }) => (tail.isWhole ? tail.run.length : -1)));
    const [length = -1] = lengths;
    if (lengths.size === 1 && length === kept.length + 1 && ways.every(({ inside }) => inside.length === 0)) {
      return {
        ...before,
        run: [
          ...before.run,
          union(
            ways.map(({ tail }) => tail.run),
            length - 1,
          ),
        ],
      };
    }
    if (before.run.length > kept.length) found.push(...runOf(before.run));
    found.push(anyOf(ways.map(({ inside, tail }) => all([...inside, ...runOf(tail.run)]))));
    if (lengths.size !== 1 || length < 0) return { run: [], isWhole: false };
    const joined = Array.from({ length }, (_, index) =>
      union(
        ways.map(({ tail }) => tail.run),
        index,
      ),
    );
    return { run: [...before.run.slice(0, before.run.length - kept.length), ...joined], isWhole: before.isWhole };
  };

  const all = (parts: readonly Requirement[]): Requirement => (parts.length === 0 ? open(why) : allOf(parts));

  const found: Requirement[] = [];
  const tail = collect(node, { run: [], isWhole: true }, found);
  const parts = [...found, ...runOf(tail.run)];
  return bytesLeft < 0 ? open(`${why}: it has too many alternatives`) : all(parts);
}

function union(runs: readonly (readonly ByteSet[])[], index: number): ByteSet {
  return runs.reduce((set, run) => set | (run[index] ?? everyByte), 0n);
}
