/** A part of a regular expression, as far as its cost depends on it. */
export type RegexpNode =
  /** One byte of a set. */
  | {
      readonly kind: 'byte';
      /** Number of byte values that it accepts. */
      readonly size: number;
      /** True for `.` and for sets of all values. */
      readonly isAny: boolean;
    }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'sequence'; readonly parts: readonly RegexpNode[] }
  | { readonly kind: 'choice'; readonly options: readonly RegexpNode[] }
  | {
      readonly kind: 'repeat';
      readonly part: RegexpNode;
      readonly min: number;
      /** Null without an upper limit. */
      readonly max: number | null;
      /** As written, for example `.*`. */
      readonly text: string;
    };

/** Maximum nesting of groups. */
const maxDepth = 50;
const repetition = /(?:[*+?]|\{\d*(?:,\d*)?\})\??/y;
const classText = /\[\^?\]?(?:\\.|[^\]\\])*\]/sy;
const escaped = /\\(?:x[0-9A-Fa-f]{2}|.)/sy;
const all = Array.from({ length: 256 }, (_, value) => value);
const letters = /[A-Za-z]/;

/**
 * Reads a regular expression of a pattern. Null if it has syntax that is not modelled here: flags in
 * groups, classes by name, operations on sets, other characters than ASCII in a set.
 * @param value with its slashes and flags
 */
export function readRegexp(value: string, isNocase: boolean): RegexpNode | null {
  const end = value.lastIndexOf('/');
  const text = value.slice(1, end);
  const flags = value.slice(end + 1);
  const foldsCase = isNocase || flags.includes('i');
  let at = 0;

  const take = (expression: RegExp): string | null => {
    expression.lastIndex = at;
    const found = expression.exec(text)?.[0] ?? null;
    if (found !== null) at += found.length;
    return found;
  };

  const readChoice = (depth: number): RegexpNode | null => {
    if (depth > maxDepth) return null;
    const options: RegexpNode[] = [];
    let parts: RegexpNode[] = [];
    while (at < text.length && text[at] !== ')') {
      if (text[at] === '|') {
        at += 1;
        options.push({ kind: 'sequence', parts });
        parts = [];
        continue;
      }
      const start = at;
      const part = readPart(depth);
      if (part === null) return null;
      const times = take(repetition);
      if (times === null) parts.push(part);
      else parts.push({ kind: 'repeat', part, ...boundsOf(times), text: text.slice(start, at) });
    }
    options.push({ kind: 'sequence', parts });
    return options.length === 1 ? (options[0] ?? null) : { kind: 'choice', options };
  };

  const readPart = (depth: number): RegexpNode | null => {
    const first = text[at] ?? '';
    if (first === '(') {
      at += text.startsWith('(?:', at) ? 3 : 1;
      if (text[at] === '?') return null;
      const inner = readChoice(depth + 1);
      if (text[at] !== ')') return null;
      at += 1;
      return inner;
    }
    if (first === '[') {
      const written = take(classText);
      // Classes by name, and operations on sets.
      if (written === null || /\[|&&|--|~~|[^\0-\x7f]/.test(written.slice(1))) return null;
      return byteOf(written, foldsCase);
    }
    if (first === '\\') {
      const written = take(escaped);
      if (written === null) return null;
      return /^\\[bBAzZ]$/.test(written)
        ? { kind: 'nothing' }
        : byteOf(written === '\\a' ? '\\x07' : written, foldsCase);
    }
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    at += character.length;
    if (character === '^' || character === '$') return { kind: 'nothing' };
    if (character === '.') return { kind: 'byte', size: flags.includes('s') ? 256 : 255, isAny: true };
    const isFolded = foldsCase && letters.test(character);
    const one: RegexpNode = { kind: 'byte', size: isFolded ? 2 : 1, isAny: false };
    const { length } = Buffer.from(character);
    return length === 1 ? one : { kind: 'sequence', parts: Array.from({ length }, () => one) };
  };

  const node = readChoice(0);
  return at === text.length ? node : null;
}

/** Null for an escape or a class that JavaScript does not know. */
function byteOf(written: string, foldsCase: boolean): RegexpNode | null {
  try {
    const expression = new RegExp(`^(?:${written})$`, foldsCase ? 'is' : 's');
    const size = all.filter((value) => expression.test(String.fromCharCode(value))).length;
    return { kind: 'byte', size, isAny: size === 256 };
  } catch {
    return null;
  }
}

function boundsOf(times: string): { readonly min: number; readonly max: number | null } {
  if (times.startsWith('*')) return { min: 0, max: null };
  if (times.startsWith('+')) return { min: 1, max: null };
  if (times.startsWith('?')) return { min: 0, max: 1 };
  const [, from = '', comma, to = ''] = /^\{(\d*)(,?)(\d*)\}/.exec(times) ?? [];
  const min = Number(from);
  return { min, max: comma === '' ? min : to === '' ? null : Number(to) };
}

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
