import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import { tokenize } from '../syntax/lexer.ts';
import { parseSource } from '../syntax/parse.ts';
import type { ParsedSource, Span } from '../syntax/syntax.ts';
import { blankSpans } from './blank-spans.ts';
import { createEngineIndex, createEngineOffsets } from './engine-places.ts';

/** A part of a source that does not compile, and the first error in it. */
export interface IsolatedError {
  /** Name of the rule; null for text outside of rules. */
  readonly rule: string | null;
  readonly error: Diagnostic;
}

/** A source without the parts that have errors. */
export interface IsolatedSource {
  /** Every line and column is that of the original. */
  readonly source: string;
  /** In source order, each part once. */
  readonly isolated: readonly IsolatedError[];
}

/** A part of a source that compiles or fails as a whole. */
interface Part extends Span {
  readonly rule: string | null;
  readonly isGlobal: boolean;
}

/**
 * Removes the rules and imports of a source that errors are in. The rest may have other errors, as
 * it may need what was removed. Errors of the engine name the line and column of the source.
 *
 * An error outside of every rule and import, or without a place, isolates all of the source. So does
 * an error in a global rule: without it, the other rules would match more than their author wants.
 */
export function isolateErrors(source: string, errors: readonly Diagnostic[]): IsolatedSource {
  const parts = partsOf(source, parseSource(source));
  const offsetOf = createEngineOffsets(source);
  const found = new Map<Part, Diagnostic>();
  for (const error of errors) {
    const at = error.line === 0 ? null : offsetOf(error);
    const part = at === null ? undefined : partAt(parts, at);
    if (part === undefined) return allIsolated(parts, error);
    if (!found.has(part)) found.set(part, error);
  }
  const gate = [...found.keys()].find(({ isGlobal }) => isGlobal);
  if (gate !== undefined) addGated(found, gate, parts, source);
  const isolated = parts.flatMap((part) => {
    const error = found.get(part);
    return error === undefined ? [] : [{ rule: part.rule, error }];
  });
  return { source: blankSpans(source, [...found.keys()]), isolated };
}

/** Adds every rule that a global rule with an error should hold back. */
function addGated(found: Map<Part, Diagnostic>, gate: Part, parts: readonly Part[], source: string): void {
  const error = found.get(gate);
  if (error === undefined) return;
  const placeOf = createEngineIndex(source);
  const message = `it needs the global rule ${gate.rule ?? 'before it'}, which is quarantined`;
  for (const part of parts) {
    if (part.rule !== null && !found.has(part)) found.set(part, { ...error, message, ...placeOf(part.start) });
  }
}

/** Nothing is left, and each rule is named. */
function allIsolated(parts: readonly Part[], error: Diagnostic): IsolatedSource {
  const rules = parts.flatMap(({ rule }) => (rule === null ? [] : [{ rule, error }]));
  return { source: '', isolated: rules.length > 0 ? rules : [{ rule: null, error }] };
}

function partsOf(source: string, { imports, rules, broken }: ParsedSource): readonly Part[] {
  return [
    ...imports.map((each) => ({ ...each, rule: null, isGlobal: false })),
    ...rules.map((each) => ({ ...each, rule: each.name, isGlobal: each.global })),
    ...broken.map((each) => ({ ...each, ...headOf(source.slice(each.start, each.end)) })),
  ].toSorted((a, b) => a.start - b.start);
}

/** A rule that does not parse. The name is null if it has none. It may be global if it has that word anywhere. */
function headOf(text: string): Pick<Part, 'rule' | 'isGlobal'> {
  const words = tokenize(text)
    .slice(0, 4)
    .map((token) => token.text);
  const at = words.indexOf('rule');
  const name = words[at + 1];
  const isName = at >= 0 && name !== undefined && /^[A-Za-z_]\w*$/.test(name);
  return { rule: isName ? name : null, isGlobal: /\bglobal\b/.test(text) };
}

/**
 * The part at an offset. The engine may report that a part does not end where the next one begins,
 * or the source ends: then the part before.
 */
function partAt(parts: readonly Part[], at: number): Part | undefined {
  let low = 0;
  let high = parts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((parts[middle]?.start ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return parts[low - 1];
}
