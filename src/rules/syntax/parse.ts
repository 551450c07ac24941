import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import { tokenize } from './lexer.ts';
import { createLineIndex } from './line-index.ts';
import { stringText } from './literals.ts';
import { parseMeta } from './parse-meta.ts';
import { parsePatterns } from './parse-patterns.ts';
import { findReferences } from './references.ts';
import type { ParsedRule, ParsedSource, ParsedStatement, Span } from './syntax.ts';
import { createTokenCursor, type TokenCursor, UnexpectedToken } from './token-cursor.ts';

/**
 * Words that start a statement or rule. They are reserved, so parsing can resume there after an
 * error.
 */
const beginnings: ReadonlySet<string> = new Set(['rule', 'private', 'global', 'import', 'include']);

/**
 * Splits a source into its rules by the grammar of YARA-X (`parser/src/parser` in
 * VirusTotal/yara-x). It understands everything that the engine accepts, and does not decide
 * whether the engine accepts a source. Never throws; parts that it cannot understand are left out
 * and reported.
 * @param file file name in the problems
 */
export function parseSource(source: string, file = ''): ParsedSource {
  const placeOf = createLineIndex(source);
  const cursor = createTokenCursor(tokenize(source), placeOf);
  const imports: ParsedStatement[] = [];
  const includes: ParsedStatement[] = [];
  const rules: ParsedRule[] = [];
  const problems: Diagnostic[] = [];
  const broken: Span[] = [];
  const known: Known = { rules: new Set(), modules: new Set() };
  while (cursor.peek() !== null) {
    const first = cursor.position;
    try {
      if (cursor.takeText('import')) {
        const statement = parseStatement(cursor, first);
        imports.push(statement);
        known.modules.add(statement.value);
      } else if (cursor.takeText('include')) includes.push(parseStatement(cursor, first));
      else {
        const rule = parseRule(cursor, known);
        rules.push(rule);
        known.rules.add(rule.name);
      }
    } catch (error) {
      if (!(error instanceof UnexpectedToken)) throw error;
      const place = placeOf(error.token?.start ?? source.length);
      problems.push({ severity: 'error', code: 'parse/unexpected', message: error.message, file, ...place });
      if (cursor.position === first) cursor.take();
      skipToBeginning(cursor);
      broken.push(cursor.spanFrom(first));
    }
  }
  return { imports, includes, rules, problems, broken };
}

function parseStatement(cursor: TokenCursor, first: number): ParsedStatement {
  const value = stringText(cursor.expectKind('a text in quotes', 'string').text);
  return { value, ...cursor.spanFrom(first) };
}

/** The names that a condition may use: everything before it. */
interface Known {
  readonly rules: Set<string>;
  readonly modules: Set<string>;
}

function parseRule(cursor: TokenCursor, known: Known): ParsedRule {
  const first = cursor.position;
  const modifiers = new Set<string>();
  for (;;) {
    const modifier = cursor.takeText('private') ?? cursor.takeText('global');
    if (modifier === null) break;
    modifiers.add(modifier.text);
  }
  if (!cursor.takeText('rule')) throw new UnexpectedToken('a rule, `import` or `include`', cursor.peek());
  const nameAt = cursor.position;
  const name = cursor.expectKind('the name of the rule', 'identifier').text;
  const nameSpan = cursor.spanFrom(nameAt);
  const tags: string[] = [];
  if (cursor.takeText(':')) {
    do tags.push(cursor.expectKind('a tag', 'identifier').text);
    while (cursor.peek()?.kind === 'identifier');
  }
  cursor.expectText('{');
  const metaAt = cursor.position;
  const meta = cursor.takeText('meta') ? parseMeta(cursor) : null;
  const metaSpan = meta === null ? null : cursor.spanFrom(metaAt);
  const stringsAt = cursor.position;
  const patterns = cursor.takeText('strings') ? parsePatterns(cursor) : null;
  const stringsSpan = patterns === null ? null : cursor.spanFrom(stringsAt);
  cursor.expectText('condition');
  cursor.expectText(':');
  const { tokens: condition, span } = parseCondition(cursor);
  cursor.expectText('}');
  return {
    name,
    private: modifiers.has('private'),
    global: modifiers.has('global'),
    tags,
    meta: meta ?? [],
    patterns: patterns ?? [],
    condition,
    references: findReferences(condition, known),
    parts: { name: nameSpan, meta: metaSpan, strings: stringsSpan, condition: span },
    ...cursor.spanFrom(first),
  };
}

/** Up to the closing brace of the rule, exclusive. No brace is part of an expression. */
function parseCondition(cursor: TokenCursor): { tokens: ParsedRule['condition']; span: Span } {
  const first = cursor.position;
  const tokens = [];
  for (let next = cursor.peek(); next !== null && next.text !== '}'; next = cursor.peek()) {
    if (next.kind === 'unknown' || next.text === '{' || (next.kind === 'identifier' && beginnings.has(next.text))) {
      throw new UnexpectedToken('`}` after the condition', next);
    }
    tokens.push(next);
    cursor.take();
  }
  if (tokens.length === 0) throw new UnexpectedToken('a condition', cursor.peek());
  return { tokens, span: cursor.spanFrom(first) };
}

function skipToBeginning(cursor: TokenCursor): void {
  for (let next = cursor.peek(); next !== null; next = cursor.peek()) {
    if (next.kind === 'identifier' && beginnings.has(next.text)) return;
    cursor.take();
  }
}
