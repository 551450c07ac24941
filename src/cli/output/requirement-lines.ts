import { type FactNumber, type FactTest, headBytes } from '../../rules/requirement/facts.ts';
import { type Narrowing, narrowingOf } from '../../rules/requirement/narrowing.ts';
import type { Requirement } from '../../rules/requirement/requirement.ts';
import { type ByteSet, everyByte, sizeOf, valuesOf } from '../../rules/scope/byte-set.ts';
import { safeText } from './output.ts';

/** Most parts of one part that are shown. */
const maxParts = 12;
const maxBytes = 24;
const maxDepth = 6;
const maxReasons = 3;

/** One line: how a rule narrows what a retro scan reads. */
export function narrowingLine(narrowing: Narrowing): string {
  switch (narrowing.kind) {
    case 'strings':
      return 'reads the files that may have its strings';
    case 'facts':
      return `reads the files whose size, first ${headBytes} bytes or hashes fit`;
    case 'nothing':
      return `reads everything: ${reasonsOf(narrowing.reasons)}`;
  }
}

function reasonsOf(reasons: readonly string[]): string {
  if (reasons.length === 0) return 'its condition needs nothing that the index keeps';
  const more = reasons.length > maxReasons ? `, and ${reasons.length - maxReasons} more reasons` : '';
  return `${safeText(reasons.slice(0, maxReasons).join('; '))}${more}`;
}

/** The lines that show what a rule needs. */
export function requirementLines(rule: string, requirement: Requirement): readonly string[] {
  const narrowing = narrowingOf(requirement);
  return [
    `${safeText(rule)} ${narrowingLine(narrowing)}`,
    ...(narrowing.kind === 'nothing' ? [] : ['', 'needs', ...partLines(requirement, 1)]),
  ];
}

function partLines(part: Requirement, depth: number): readonly string[] {
  const indent = '  '.repeat(depth);
  switch (part.kind) {
    case 'open':
      return [`${indent}anything: ${safeText(part.reason)}`];
    case 'run':
      return [`${indent}${runText(part.bytes)}`];
    case 'fact':
      return [`${indent}${factText(part.test)}`];
    case 'gate': {
      const { atLeast, of } = part;
      if (atLeast > of.length) return [`${indent}nothing can match`];
      if (atLeast === 0) return [`${indent}anything`];
      const how = atLeast === of.length ? 'all of' : atLeast === 1 ? 'one of' : `${atLeast} of`;
      if (depth >= maxDepth) return [`${indent}${how} ${of.length} parts`];
      const hidden = of.length - maxParts;
      return [
        `${indent}${how}`,
        ...of.slice(0, maxParts).flatMap((each) => partLines(each, depth + 1)),
        ...(hidden > 0 ? [`${indent}  and ${hidden} more`] : []),
      ];
    }
  }
}

/** Text where all bytes are certain and printable, else hex. */
function runText(bytes: readonly ByteSet[]): string {
  const values = bytes.map((set) => (sizeOf(set) === 1 ? (valuesOf(set)[0] ?? null) : null));
  const isText = values.every((value) => value !== null && value >= 0x20 && value < 0x7f);
  if (isText) {
    const text = String.fromCharCode(...values.slice(0, 2 * maxBytes).flatMap((value) => value ?? []));
    return safeText(`"${text}"${values.length > 2 * maxBytes ? '…' : ''}`);
  }
  const shown = bytes.slice(0, maxBytes).map(byteText);
  return `{ ${shown.join(' ')}${bytes.length > maxBytes ? ' …' : ''} }`;
}

function byteText(set: ByteSet): string {
  if (set === everyByte) return '??';
  const hex = valuesOf(set).map((value) => value.toString(16).padStart(2, '0'));
  return hex.length <= 2 ? hex.join('|') : `(${hex.length} values)`;
}

function factText(test: FactTest): string {
  switch (test.kind) {
    case 'hash':
      return `${test.name} ${test.value}`;
    case 'bytes':
      return `${runText(test.bytes)} at ${test.at}`;
    case 'compare':
      return `${numberText(test.of[0])} ${test.operator} ${numberText(test.of[1])}`;
  }
}

function numberText(number: FactNumber): string {
  switch (number.kind) {
    case 'constant':
      return number.value < 10 ? String(number.value) : `${number.value} (0x${number.value.toString(16)})`;
    case 'filesize':
      return 'filesize';
    case 'read':
      return `${number.isSigned ? '' : 'u'}int${number.bytes * 8}${number.isBigEndian ? 'be' : ''}(${numberText(number.at)})`;
    case 'sum':
      return `(${numberText(number.of[0])} ${number.operator} ${numberText(number.of[1])})`;
  }
}
