import type { MetaEntry } from '../domain/rule.ts';
import { type Token, tokenize } from './lexer.ts';
import { readNumber, readString } from './literals.ts';

/** A pattern of a rule's `strings` section. */
export interface ParsedPattern {
  /** With its `$`; `$` alone where it is anonymous. */
  readonly identifier: string;
  readonly kind: 'text' | 'regexp' | 'hex';
  /** As written; of hex patterns without comments and white space, in lower case. */
  readonly value: string;
  /** As written, without white space (`xor(1-255)`), sorted. */
  readonly modifiers: readonly string[];
}

export interface ParsedRule {
  readonly name: string;
  readonly private: boolean;
  readonly global: boolean;
  readonly tags: readonly string[];
  readonly meta: readonly MetaEntry[];
  readonly patterns: readonly ParsedPattern[];
  /** Tokens of the condition that mean something. */
  readonly condition: readonly Token[];
  /** From the first modifier (or `rule`) to behind the closing brace, in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  /** The expression alone. */
  readonly conditionStart: number;
  readonly conditionEnd: number;
  /** Of the rule's name, from 1. */
  readonly line: number;
}

/** `import "module"` or `include "path"`. */
export interface ParsedDirective {
  readonly value: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

export interface ParsedSource {
  readonly imports: readonly ParsedDirective[];
  readonly includes: readonly ParsedDirective[];
  readonly rules: readonly ParsedRule[];
}

/**
 * Finds every rule of a source that the engine accepts. The engine judges whether a source is valid: of one that is not, the answer holds what could
 * be made out, and never throws.
 */
export function parseSource(source: string): ParsedSource {
  const cursor = createCursor(source);
  const imports: ParsedDirective[] = [];
  const includes: ParsedDirective[] = [];
  const rules: ParsedRule[] = [];
  for (let token = cursor.peek(); token !== undefined; token = cursor.peek()) {
    if (token.text === 'import' || token.text === 'include') {
      cursor.take();
      const value = cursor.peek();
      if (value?.kind !== 'string') continue;
      cursor.take();
      const directive = {
        value: readString(value.text),
        start: token.offset,
        end: value.offset + value.text.length,
        line: cursor.lineOf(token),
      };
      (token.text === 'import' ? imports : includes).push(directive);
    } else {
      const rule = parseRule(cursor);
      if (rule === null) cursor.take();
      else rules.push(rule);
    }
  }
  return { imports, includes, rules };
}

interface Cursor {
  peek(ahead?: number): Token | undefined;
  take(): Token | undefined;
  /** Takes the next token if it has this text. */
  accept(text: string): Token | undefined;
  lineOf(token: Token): number;
}

function createCursor(source: string): Cursor {
  const tokens = tokenize(source).filter((token) => token.kind !== 'gap');
  let at = 0;
  let line = 1;
  let counted = 0;
  return {
    peek: (ahead = 0) => tokens[at + ahead],
    take: () => tokens[at++],
    accept: (text) => (tokens[at]?.text === text ? tokens[at++] : undefined),
    lineOf(token) {
      for (; counted < token.offset; counted += 1) if (source[counted] === '\n') line += 1;
      return line;
    },
  };
}

function parseRule(cursor: Cursor): ParsedRule | null {
  let modifiers = 0;
  while (['private', 'global'].includes(cursor.peek(modifiers)?.text ?? '')) modifiers += 1;
  const first = cursor.peek();
  const name = cursor.peek(modifiers + 1);
  if (first === undefined || cursor.peek(modifiers)?.text !== 'rule' || name?.kind !== 'identifier') return null;
  const flags = Array.from({ length: modifiers }, () => cursor.take()?.text);
  cursor.take();
  cursor.take();
  const line = cursor.lineOf(name);
  const tags: string[] = [];
  if (cursor.accept(':') !== undefined)
    while (cursor.peek()?.kind === 'identifier') tags.push(cursor.take()?.text ?? '');
  if (cursor.accept('{') === undefined) return null;
  const meta = parseMeta(cursor);
  const patterns = parsePatterns(cursor);
  if (cursor.accept('condition') === undefined || cursor.accept(':') === undefined) return null;
  const condition: Token[] = [];
  for (let token = cursor.peek(); token !== undefined && token.text !== '}'; token = cursor.peek()) {
    condition.push(token);
    cursor.take();
  }
  const close = cursor.take();
  const lastOfCondition = condition.at(-1) ?? name;
  return {
    ...{ name: name.text, private: flags.includes('private'), global: flags.includes('global') },
    ...{ tags, meta, patterns, condition, line, start: first.offset },
    end: close === undefined ? lastOfCondition.offset + lastOfCondition.text.length : close.offset + 1,
    conditionStart: condition[0]?.offset ?? lastOfCondition.offset,
    conditionEnd: lastOfCondition.offset + lastOfCondition.text.length,
  };
}

function parseMeta(cursor: Cursor): MetaEntry[] {
  const meta: MetaEntry[] = [];
  if (cursor.peek()?.text !== 'meta' || cursor.peek(1)?.text !== ':') return meta;
  cursor.take();
  cursor.take();
  while (cursor.peek()?.kind === 'identifier' && cursor.peek(1)?.text === '=') {
    const identifier = cursor.take()?.text ?? '';
    cursor.take();
    const negative = cursor.accept('-') !== undefined;
    const value = cursor.take();
    if (value === undefined) break;
    if (value.kind === 'string') meta.push({ identifier, value: readString(value.text) });
    else if (value.kind === 'number') meta.push({ identifier, value: (negative ? -1 : 1) * readNumber(value.text) });
    else meta.push({ identifier, value: value.text === 'true' });
  }
  return meta;
}

function parsePatterns(cursor: Cursor): ParsedPattern[] {
  const patterns: ParsedPattern[] = [];
  if (cursor.peek()?.text !== 'strings' || cursor.peek(1)?.text !== ':') return patterns;
  cursor.take();
  cursor.take();
  while (cursor.peek()?.kind === 'pattern' && cursor.peek(1)?.text === '=') {
    const identifier = cursor.take()?.text ?? '';
    cursor.take();
    const value = cursor.take();
    if (value === undefined) break;
    patterns.push({ identifier, ...patternValue(value), modifiers: parseModifiers(cursor) });
  }
  return patterns;
}

function patternValue(token: Token): Pick<ParsedPattern, 'kind' | 'value'> {
  if (token.kind === 'hex') return { kind: 'hex', value: canonicalHex(token.text) };
  return { kind: token.kind === 'regexp' ? 'regexp' : 'text', value: token.text };
}

/** Hex digits mean the same in either case, and nothing else in a hex pattern has letters but comments. */
function canonicalHex(text: string): string {
  return text.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|\s+/g, '').toLowerCase();
}

const modifierNames = new Set(['ascii', 'wide', 'nocase', 'fullword', 'private', 'xor', 'base64', 'base64wide']);

function parseModifiers(cursor: Cursor): string[] {
  const modifiers: string[] = [];
  while (modifierNames.has(cursor.peek()?.text ?? '')) {
    let modifier = cursor.take()?.text ?? '';
    if (cursor.peek()?.text === '(') {
      for (let token = cursor.take(); token !== undefined; token = cursor.take()) {
        modifier += token.text;
        if (token.text === ')') break;
      }
    }
    modifiers.push(modifier);
  }
  return modifiers.sort();
}
