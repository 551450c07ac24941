import { byteSet } from '../scope/byte-set.ts';
import type { PatternMeaning } from '../scope/pattern-meaning.ts';
import type { RuleReading } from '../scope/rule-reading.ts';
import type { Range } from '../scope/split-condition.ts';
import { stringBytes } from '../syntax/literals.ts';
import { isFreeName, localVariables } from '../syntax/references.ts';
import type { FactTest } from './facts.ts';
import { type Operand, readOperand } from './read-number.ts';
import { allOf, anyOf, open, type Requirement } from './requirement.ts';

type Comparison = Extract<FactTest, { kind: 'compare' }>['operator'];

const comparisons: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const textOperators: ReadonlySet<string> = new Set([
  ...['contains', 'icontains', 'startswith', 'istartswith', 'endswith', 'iendswith', 'iequals', 'matches'],
]);
/** What every file begins with of which a module reads fields. */
const headers: Readonly<Record<string, string>> = { pe: 'MZ', dotnet: 'MZ', elf: '\x7fELF' };
/** A scan calculates these anyway. */
const hashLengths = { md5: 32, sha256: 64 } as const;

/** Returns what a pattern requires, wherever it matches. */
export type RequirementOfPattern = (pattern: PatternMeaning) => Requirement;

/**
 * Reads a comparison, or a value that is used as a condition, that is true; null for anything else.
 */
export function comparisonRequirement(
  rule: RuleReading,
  range: Range,
  ofPattern: RequirementOfPattern,
): Requirement | null {
  const at = findOperator(rule, range);
  if (at === null) return null;
  const [left, right] = [
    { start: range.start, end: at },
    { start: at + 1, end: range.end },
  ];
  const operator = rule.tokens[at]?.text ?? '';
  if (operator === '==') {
    const known = hashOfFile(rule, left, right) ?? hashOfFile(rule, right, left);
    if (known !== null) return known;
  }
  const [one, other] = [readSide(rule, left), readSide(rule, right)];
  if (one === null || other === null) return open('a comparison is not understood');
  const serial = operator === '==' ? (serialNumber(rule, left, right) ?? serialNumber(rule, right, left)) : null;
  return allOf([
    ...(serial === null ? [] : [serial]),
    ...definedness([one, other], ofPattern),
    compared(operator, one, other, ofPattern),
  ]);
}

/** Reads a number or a field that is used as a condition: it is true if it is defined and not 0. */
export function valueRequirement(rule: RuleReading, range: Range, ofPattern: RequirementOfPattern): Requirement {
  const flag = flagField(rule, range);
  if (flag !== null) return flag;
  const value = readSide(rule, range);
  if (value === null) return open('an expression is not understood');
  const zero: Operand = { number: { kind: 'constant', value: 0 }, counted: [], needed: [], formats: [] };
  return allOf([...definedness([value], ofPattern), compared('!=', value, zero, ofPattern)]);
}

/** Reads that a range of numbers in brackets, without the brackets, is not empty. */
export function rangeRequirement(rule: RuleReading, range: Range, ofPattern: RequirementOfPattern): Requirement {
  const { tokens, brackets } = rule;
  for (let at = range.start; at + 1 < range.end; at += 1) {
    if (tokens[at]?.text === '.' && tokens[at + 1]?.text === '.') {
      const low = readSide(rule, { start: range.start, end: at });
      const high = readSide(rule, { start: at + 2, end: range.end });
      if (low === null || high === null) break;
      return allOf([...definedness([low, high], ofPattern), compared('<=', low, high, ofPattern)]);
    }
    at = brackets?.get(at) ?? at;
  }
  return open('a range is not understood');
}

/** Reads the fields of a module that a loop goes over. */
export function fieldRequirement(rule: RuleReading, range: Range): Requirement {
  const value = readSide(rule, range);
  return value === null ? open('a loop is not understood') : allOf(definedness([value], () => open('')));
}

function readSide(rule: RuleReading, range: Range): Operand | null {
  const locals = localVariables(rule.tokens);
  return readOperand(rule, range, (index) => {
    const name = rule.tokens[index]?.text ?? '';
    const isModule = isFreeName(rule.tokens, index) && rule.modules.has(name) && !locals.has(name);
    return isModule && name in headers ? name : null;
  });
}

function definedness(operands: readonly Operand[], ofPattern: RequirementOfPattern): readonly Requirement[] {
  return operands.flatMap(({ needed, formats }) => [...needed.map(ofPattern), ...formats.map(hasHeader)]);
}

function hasHeader(module: string): Requirement {
  const bytes = [...Buffer.from(headers[module] ?? '', 'latin1')].map(byteSet);
  return { kind: 'fact', test: { kind: 'bytes', at: 0, bytes } };
}

/**
 * If none of the counted patterns matches, the comparison is that with zeros. So either it is true,
 * or one of them matches.
 */
function compared(operator: string, one: Operand, other: Operand, ofPattern: RequirementOfPattern): Requirement {
  if (!comparisons.has(operator) || one.number === null || other.number === null) {
    return open('a condition on values that the index does not keep');
  }
  const fact: Requirement = {
    kind: 'fact',
    test: { kind: 'compare', operator: operator as Comparison, of: [one.number, other.number] },
  };
  return anyOf([fact, ...[...new Set([...one.counted, ...other.counted])].map(ofPattern)]);
}

/** The only comparison outside brackets; null if there is none, or more than one. */
function findOperator({ tokens, brackets }: RuleReading, { start, end }: Range): number | null {
  let found: number | null = null;
  for (let index = start; index < end; index += 1) {
    const { kind, text } = tokens[index] ?? { kind: 'unknown', text: '' };
    if (kind === 'identifier' ? textOperators.has(text) : kind === 'punctuation' && comparisons.has(text)) {
      if (found !== null) return null;
      found = index;
    }
    index = brackets?.get(index) ?? index;
  }
  return found;
}

/** `hash.md5(0, filesize) == "…"`. */
function hashOfFile(rule: RuleReading, call: Range, text: Range): Requirement | null {
  const words = rule.tokens.slice(call.start, call.end).map((token) => token.text);
  const [module = '', , name = ''] = words;
  const isCall = words.join(' ') === `${module} . ${name} ( 0 , filesize )` && module === 'hash';
  if (!isCall || !rule.modules.has('hash') || localVariables(rule.tokens).has('hash')) return null;
  const value = literalText(rule, text)?.toLowerCase();
  if (value === undefined || (name !== 'md5' && name !== 'sha256')) return null;
  if (value.length !== hashLengths[name] || !/^[0-9a-f]*$/.test(value)) return null;
  return { kind: 'fact', test: { kind: 'hash', name, value } };
}

/** The number of a certificate, whose bytes are in the file: `pe.signatures[…].serial == "01:…"`. */
function serialNumber(rule: RuleReading, field: Range, text: Range): Requirement | null {
  const { tokens, brackets } = rule;
  const words = tokens.slice(field.start, field.start + 4).map((token) => token.text);
  const close = brackets?.get(field.start + 3);
  const isField =
    words.join('') === 'pe.signatures[' &&
    close === field.end - 3 &&
    tokens[field.end - 1]?.text === 'serial' &&
    rule.modules.has('pe') &&
    !localVariables(tokens).has('pe');
  const value = isField ? literalText(rule, text) : undefined;
  if (value === undefined || !/^[0-9a-f]{2}(?::[0-9a-f]{2}){3,}$/i.test(value)) return null;
  return { kind: 'run', bytes: value.split(':').map((each) => byteSet(Number.parseInt(each, 16))) };
}

/** `pe.is_pe` and the like, which are true only of files of that format. */
function flagField(rule: RuleReading, { start, end }: Range): Requirement | null {
  const words = rule.tokens.slice(start, end).map((token) => token.text);
  const name = words[0] ?? '';
  const isFlag = ['pe.is_pe', 'dotnet.is_dotnet'].includes(words.join(''));
  const isCall = /^pe\.(?:is_dll|is_32bit|is_64bit)\(\)$/.test(words.join(''));
  if ((!isFlag && !isCall) || !rule.modules.has(name) || localVariables(rule.tokens).has(name)) return null;
  return hasHeader(name);
}

function literalText({ tokens }: RuleReading, { start, end }: Range): string | undefined {
  const token = tokens[start];
  if (end - start !== 1 || token?.kind !== 'string') return undefined;
  return stringBytes(token.text)?.toString('latin1');
}
