import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import { externalsOf } from '../../domain/rulesets/externals.ts';
import { createLineIndex } from '../../rules/syntax/line-index.ts';
import { parseSource } from '../../rules/syntax/parse.ts';
import type { ParsedPattern } from '../../rules/syntax/syntax.ts';
import { buildRules } from '../build-rules.ts';
import { openRules } from '../compiled-rules.ts';
import { type Engine, isTrap } from '../yara.ts';
import { roughLength, samplesOf } from './pattern-sample.ts';

/**
 * Shorter texts are never missed. The engine reads 4,096 bytes in each direction from the position
 * in a match where it starts to verify it (`DEFAULT_SCAN_LIMIT` in YARA-X).
 */
const safeBytes = 4_000;

/**
 * Finds patterns with texts that the engine misses because they are too long for it. This depends
 * on how the engine splits a pattern, so it is tested: the engine scans the shortest and the
 * longest text that a pattern describes.
 * @param source that compiles
 */
export function unreachablePatterns(engine: Engine, namespace: string, source: string): Diagnostic[] {
  const placeOf = createLineIndex(source);
  return parseSource(source).rules.flatMap(({ patterns }) =>
    patterns.flatMap((pattern): Diagnostic[] => {
      const message = explain(engine, pattern);
      if (message === null) return [];
      const place = placeOf(pattern.start);
      return [{ severity: 'warning', code: 'engine/pattern-length', message, file: namespace, ...place }];
    }),
  );
}

function explain(engine: Engine, pattern: ParsedPattern): string | null {
  if (roughLength(pattern) <= safeBytes) return null;
  const samples = samplesOf(pattern);
  if (samples === null || samples.longest.length <= safeBytes) return null;
  const { shortest, longest, short } = samples;
  const { identifier, kind, value } = pattern;
  const finds = (written: string, text: string) => isFound(engine, pattern, written, text);
  if (finds(value, longest) !== false) return null;
  // If the engine does not find a short text either, the length is not the reason.
  if (kind === 'regexp' && finds(short.value, short.text) !== true) return null;
  const limit = 'the engine reads at most 4,096 bytes of a match';
  if (shortest.length > safeBytes && finds(value, shortest) === false) {
    return `${identifier} never matches: it needs ${shortest.length} bytes, and ${limit}`;
  }
  return `${identifier} misses long matches: it allows ${longest.length} bytes, and ${limit}`;
}

/** Null if the engine cannot tell. */
function isFound(engine: Engine, { modifiers }: ParsedPattern, value: string, text: string): boolean | null {
  const isWide = modifiers.includes('wide') && !modifiers.includes('ascii');
  const kept = modifiers.filter((each) => each !== 'private').join(' ');
  const source = `rule r { strings: $a = ${value} ${kept} condition: $a }`;
  const bytes = Buffer.from(text, isWide ? 'utf16le' : 'latin1');
  if (engine.dead) return null;
  try {
    using rules = openRules(engine, buildRules(engine, [{ namespace: 'r', source }]), []);
    return rules.scan(bytes, externalsOf('')).length > 0;
  } catch (error) {
    if (isTrap(error)) engine.dead = true;
    return null;
  }
}
