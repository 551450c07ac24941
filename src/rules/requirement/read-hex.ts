import { canonicalPattern } from '../canonical.ts';
import { byteNode, type RegexpNode } from '../regexp/read-regexp.ts';
import { everyByte, hexByteSet } from '../scope/byte-set.ts';

/** Maximum nesting of alternatives. */
const maxDepth = 50;
const byte = /~?[0-9A-F?]{2}/y;
const jump = /\[(\d*)(-?)(\d*)\]/y;

/** Reads a hex pattern as an expression over bytes; null if it has syntax that is not modelled. */
export function readHex(value: string): RegexpNode | null {
  const canonical = canonicalPattern({ identifier: '$', kind: 'hex', value, modifiers: [], start: 0, end: 0, line: 1 });
  const text = Array.isArray(canonical) ? String(canonical[2]).slice(1, -1) : '';
  let at = 0;
  const take = (expression: RegExp): RegExpExecArray | null => {
    expression.lastIndex = at;
    const found = expression.exec(text);
    if (found !== null) at += found[0].length;
    return found;
  };

  const readPart = (depth: number): RegexpNode | null => {
    if (text[at] === '(') {
      at += 1;
      const inner = readChoice(depth + 1);
      if (text[at] !== ')') return null;
      at += 1;
      return inner;
    }
    const found = take(byte);
    if (found !== null) return byteNode(hexByteSet(found[0]));
    const gap = take(jump);
    if (gap === null) return null;
    const [written, from = '', dash = '', to = ''] = gap;
    if (dash === '' && from === '') return null;
    const min = Number(from);
    const max = dash === '' ? min : to === '' ? null : Number(to);
    return { kind: 'repeat', part: byteNode(everyByte), min, max, text: written };
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
      const part = readPart(depth);
      if (part === null) return null;
      parts.push(part);
    }
    options.push({ kind: 'sequence', parts });
    return options.length === 1 ? (options[0] ?? null) : { kind: 'choice', options };
  };

  const node = readChoice(0);
  return at === text.length ? node : null;
}
