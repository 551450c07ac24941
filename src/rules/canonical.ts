import type { Token } from './syntax/lexer.ts';
import { integerValue, stringBytes } from './syntax/literals.ts';
import { isFreeName, isWildcard, localVariables } from './syntax/references.ts';
import { gapEnd } from './syntax/scan-token.ts';
import type { ParsedPattern, ParsedRule } from './syntax/syntax.ts';

/** JSON without objects: the order of everything is significant. */
export type Canonical = string | number | boolean | readonly Canonical[];

/**
 * Names for what a condition refers to, chosen by the caller: logic hashes for hashing, names for
 * comparison.
 */
export interface ReferenceNames {
  /** For an earlier rule. */
  readonly rule: (name: string) => Canonical;
  /** For a set of rules, by the prefix of their names. */
  readonly wildcard: (prefix: string) => Canonical;
}

/**
 * Returns the canonical form of a pattern: spellings of the same text, bytes or modifiers become
 * equal.
 */
export function canonicalPattern({ identifier, kind, value, modifiers }: ParsedPattern): Canonical {
  return [identifier, kind, canonicalValue(kind, value), modifiers];
}

/** Returns the condition without layout, with every literal in one spelling. */
export function canonicalCondition(rule: ParsedRule, references: ReferenceNames): Canonical {
  const { condition } = rule;
  const rules = new Set(rule.references.rules);
  const locals = localVariables(condition);
  return condition.map((token, index): Canonical => {
    if (!isFreeName(condition, index)) return canonicalToken(token);
    if (isWildcard(condition, index)) return ['rules', references.wildcard(token.text)];
    if (!rules.has(token.text)) return canonicalToken(token);
    // A loop variable may hide a rule of the same name. Then the name itself identifies the
    // variable.
    return ['rule', references.rule(token.text), locals.has(token.text) ? token.text : ''];
  });
}

function canonicalToken({ kind, text }: Token): Canonical {
  if (kind === 'string') return ['text', canonicalValue('text', text)];
  if (kind === 'regexp') return ['regexp', canonicalValue('regexp', text)];
  if (kind === 'integer') return ['integer', String(integerValue(text))];
  return text;
}

function canonicalValue(kind: ParsedPattern['kind'], value: string): string {
  if (kind === 'text') return stringBytes(value)?.toString('hex') ?? value;
  if (kind === 'hex') return canonicalHex(value);
  const end = value.lastIndexOf('/') + 1;
  return value.slice(0, end) + [...value.slice(end)].sort().join('');
}

/**
 * Removes white space and comments, writes digits in upper case, and jumps with decimal numbers.
 */
function canonicalHex(value: string): string {
  let bare = '';
  for (let position = 0; position < value.length; ) {
    const end = gapEnd(value, position);
    bare += value[end] ?? '';
    position = end + 1;
  }
  return bare
    .toUpperCase()
    .replaceAll(/\[([^[\]]*)\]/g, (_, jump: string) => `[${jump.split('-').map(canonicalNumber).join('-')}]`);
}

function canonicalNumber(text: string): string {
  const literal = text.toLowerCase();
  return /^(?:0x[0-9a-f]+|0o[0-7]+|[0-9]+)$/.test(literal) ? String(integerValue(literal)) : literal;
}
