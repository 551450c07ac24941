import { gapEnd } from '../syntax/scan-token.ts';
import { changeWithin, type Mutation } from './mutation.ts';

interface Unit {
  readonly start: number;
  readonly end: number;
}

const alphanumeric = /^[A-Za-z0-9]$/;

/**
 * Changes one byte in the middle of a string literal, whose ends may not matter (`base64`).
 * @param offset of the literal in its source
 * @returns null for an empty string
 */
export function changeText(literal: string, offset: number): Mutation | null {
  const quotes = literal.length >= 6 && literal.startsWith('"""') ? 3 : 1;
  const units: Unit[] = [];
  for (let at = quotes; at < literal.length - quotes; ) {
    const end = at + unitLength(literal, at);
    units.push({ start: at, end });
    at = end;
  }
  const plain = units.filter((unit) => alphanumeric.test(literal.slice(unit.start, unit.end)));
  const unit = middle(plain) ?? middle(units);
  return unit === undefined
    ? null
    : changeWithin(literal, offset, unit, otherCharacter(literal.slice(unit.start, unit.end)));
}

/** Changes one whole byte of a hex pattern; null if it has none outside brackets. */
export function changeHex(literal: string, offset: number): Mutation | null {
  const bytes: Unit[] = [];
  let depth = 0;
  for (let at = gapEnd(literal, 1); at < literal.length - 1; at = gapEnd(literal, at)) {
    const character = literal[at] ?? '';
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === '[') at = literal.indexOf(']', at) + 1;
    else if (!/[0-9A-Fa-f?~]/.test(character)) at += 1;
    // All bytes but one are as hard to hit by accident as all bytes but another.
    else if (character === '~') at = gapEnd(literal, at + 1) + 2;
    else {
      if (depth === 0 && !literal.slice(at, at + 2).includes('?')) bytes.push({ start: at, end: at + 2 });
      at += 2;
    }
  }
  const unit = middle(bytes);
  return unit === undefined
    ? null
    : changeWithin(literal, offset, unit, otherByte(literal.slice(unit.start, unit.end)));
}

/**
 * Changes one letter or digit of a regular expression that every match must have: outside brackets,
 * classes and alternatives, and not repeated. Null if there is none.
 */
export function changeRegexp(literal: string, offset: number): Mutation | null {
  const end = literal.lastIndexOf('/');
  const units: Unit[] = [];
  let depth = 0;
  for (let at = 1; at < end; at += 1) {
    const character = literal[at] ?? '';
    if (character === '\\') at += literal[at + 1] === 'x' ? 3 : 1;
    else if (character === '[') at = classEnd(literal, at);
    else if (character === '{') at = Math.max(at, literal.indexOf('}', at));
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (character === '|' && depth === 0) return null;
    else if (depth === 0 && alphanumeric.test(character) && !/[*+?{]/.test(literal[at + 1] ?? '')) {
      units.push({ start: at, end: at + 1 });
    }
  }
  const unit = middle(units);
  return unit === undefined
    ? null
    : changeWithin(literal, offset, unit, otherCharacter(literal.slice(unit.start, unit.end)));
}

/** The position of the bracket that closes a class; the first character may be a bracket itself. */
function classEnd(literal: string, start: number): number {
  for (let at = literal[start + 1] === '^' ? start + 3 : start + 2; at < literal.length; at += 1) {
    if (literal[at - 1] === '\\') at += 1;
    if (literal[at] === ']') return at;
  }
  return literal.length;
}

function unitLength(literal: string, at: number): number {
  if (literal[at] === '\\') return literal[at + 1] === 'x' ? 4 : 2;
  return (literal.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

function middle(units: readonly Unit[]): Unit | undefined {
  return units[Math.floor(units.length / 2)];
}

/** The next letter or digit: never the same one in the other case. */
function otherCharacter(unit: string): string {
  if (unit.startsWith('\\x')) return `\\x${otherByte(unit.slice(2))}`;
  if (unit === 'z' || unit === 'Z') return unit === 'z' ? 'a' : 'A';
  if (unit === '9') return '0';
  return alphanumeric.test(unit) ? String.fromCharCode(unit.charCodeAt(0) + 1) : 'x';
}

function otherByte(hex: string): string {
  const next = ((Number.parseInt(hex, 16) + 1) & 0xff).toString(16).padStart(2, '0');
  return /[A-F]/.test(hex) || !/[a-f]/.test(hex) ? next.toUpperCase() : next;
}
