import { readRegexp } from '../regexp/read-regexp.ts';
import { type ByteSet, byteSet, eitherCase } from '../scope/byte-set.ts';
import { stringBytes } from '../syntax/literals.ts';
import type { ParsedPattern } from '../syntax/syntax.ts';
import { base64Forms } from './base64-forms.ts';
import { requirementOfNode } from './node-requirement.ts';
import { readHex } from './read-hex.ts';
import { allOf, anyOf, open, type Requirement } from './requirement.ts';
import { gramBytes, hasWindow } from './run-windows.ts';

/** Bytes of a text that are required. With `xor` there are 512 forms of each. */
const maxTextBytes = 128;
const zero = byteSet(0);
const plain = (set: ByteSet): readonly ByteSet[] => [set];
const widened = (set: ByteSet): readonly ByteSet[] => [set, zero];
const words = ['no', 'one', 'two', 'three'];

/**
 * Returns what a content has if a pattern matches in it anywhere. Word boundaries and anchors
 * require nothing.
 */
export function patternRequirement(pattern: ParsedPattern, name: string): Requirement {
  const { kind, value, modifiers } = pattern;
  const why = `${name} has no ${gramBytes} bytes in a row that every match has`;
  if (kind === 'hex') {
    const node = readHex(value);
    return node === null ? open(`${name} is not understood`) : shorten(requirementOfNode(node, plain, why), why);
  }
  const has = (modifier: string) => modifiers.includes(modifier);
  const widths = [...(has('ascii') || !has('wide') ? [plain] : []), ...(has('wide') ? [widened] : [])];
  if (kind === 'regexp') {
    const node = readRegexp(value, has('nocase'));
    if (node === null) return open(`the regular expression ${name} has syntax that the index does not read`);
    return anyOf(widths.map((widen) => shorten(requirementOfNode(node, widen, why), why)));
  }
  const literal = stringBytes(value);
  if (literal === null) return open(`${name} is not understood`);
  const count = words[literal.length];
  const short = count === undefined ? why : `${name} has ${count} ${literal.length === 1 ? 'byte' : 'bytes'}`;
  // The start of a long text is enough, and is required, too.
  const start = literal.subarray(0, maxTextBytes);
  return anyOf(textForms(start, modifiers, widths).map((bytes) => shorten({ kind: 'run', bytes }, short)));
}

/** The runs of which a match has one. */
function textForms(
  literal: Uint8Array,
  modifiers: readonly string[],
  widths: readonly ((set: ByteSet) => readonly ByteSet[])[],
): readonly (readonly ByteSet[])[] {
  const encoded = modifiers.filter((each) => each.startsWith('base64'));
  const values = [...literal];
  if (encoded.length > 0) {
    const texts = widths.map((widen) => (widen === plain ? values : values.flatMap((value) => [value, 0])));
    return texts.flatMap((text) => encoded.flatMap((modifier) => base64Forms(text, modifier)));
  }
  const range = /^xor\((\d+)-(\d+)\)$/.exec(modifiers.find((each) => each.startsWith('xor')) ?? '');
  const sets = values.map(modifiers.includes('nocase') ? eitherCase : byteSet);
  if (range === null) return widths.map((widen) => sets.flatMap(widen));
  const [lowest, highest] = [Number(range[1]), Number(range[2])];
  const keys = Array.from({ length: highest - lowest + 1 }, (_, index) => lowest + index);
  return widths.flatMap((widen) => {
    // The zeros between are combined with the key, too.
    const text = widen === plain ? values : values.flatMap((value) => [value, 0]);
    return keys.map((key) => text.map((value) => byteSet((value ^ key) & 0xff)));
  });
}

/** Replaces runs that narrow nothing by the reason. */
function shorten(requirement: Requirement, why: string): Requirement {
  if (requirement.kind === 'run') return hasWindow(requirement.bytes) ? requirement : open(why);
  if (requirement.kind !== 'gate') return requirement;
  const parts = requirement.of.map((each) => shorten(each, why));
  if (requirement.atLeast === parts.length) return allOf(parts);
  return requirement.atLeast === 1 ? anyOf(parts) : { ...requirement, of: parts };
}

/** Bytes that a match begins with; null if they are not certain. */
export function placedBytes({ kind, value, modifiers }: ParsedPattern): readonly ByteSet[] | null {
  const others = modifiers.filter((each) => !['private', 'fullword', 'ascii', 'nocase'].includes(each));
  if (others.length > 0) return null;
  const literal = kind === 'text' ? stringBytes(value) : null;
  if (literal !== null)
    return [...literal.subarray(0, maxTextBytes)].map(modifiers.includes('nocase') ? eitherCase : byteSet);
  const node = kind === 'hex' ? readHex(value) : null;
  if (node?.kind !== 'sequence') return null;
  const end = node.parts.findIndex((part) => part.kind !== 'byte');
  return node.parts
    .slice(0, end < 0 ? node.parts.length : end)
    .flatMap((part) => (part.kind === 'byte' ? [part.set] : []));
}
