import { isUtf8 } from 'node:buffer';
import type { Compiler, Rules, Scanner } from '@virustotal/yara-x';
import { formatDiagnostic } from '../domain/diagnostic.ts';
import { RearviewError } from '../domain/errors.ts';
import { type Externals, externalNames } from '../domain/externals.ts';
import { type MatchedString, maxMatchesPerPattern, type RuleMatch, renderData } from '../domain/match.ts';
import type { RuleSource } from '../domain/rule.ts';
import { unsafeMetaIntegers } from './meta-integers.ts';
import { parseDiagnostic } from './parse-diagnostic.ts';
import { type Engine, hold, isTrap, release } from './yara.ts';

/** Rules ready to scan, in an instance of the engine. */
export interface CompiledRules {
  /**
   * Scans one file, in this thread and without a deadline.
   * @returns the public rules that matched, in the order of the sources and of the rules in each
   * @throws whatever the engine throws; after a trap (`isTrap`) this instance of the engine is dead
   */
  scan(bytes: Uint8Array, externals: Externals): RuleMatch[];
  /** Once is enough; more often does no harm. */
  free(): void;
  [Symbol.dispose](): void;
}

/** What the engine says of a rule that matched. */
interface EngineMatch {
  readonly identifier: string;
  readonly namespace: string;
  readonly isPrivate: boolean;
  readonly tags: readonly string[];
  readonly metadata: readonly {
    readonly identifier: string;
    /** Text with escapes comes as its bytes. */
    readonly value: string | number | boolean | readonly number[];
  }[];
  readonly patterns: readonly {
    readonly identifier: string;
    readonly isPrivate: boolean;
    readonly matches: readonly { readonly offset: number; readonly length: number }[];
  }[];
}

interface EngineResult {
  /** Why it did not scan. Then there are no matches, and the file would pass for clean. */
  readonly errors: readonly string[];
  readonly matches: readonly EngineMatch[];
}

function readResult(result: EngineResult): readonly EngineMatch[] {
  const { errors, matches } = result;
  if (errors.length > 0) throw new Error(`The engine did not scan: ${errors.join('; ')}`);
  return matches;
}

/** A compiler that knows the external variables. The caller releases it. */
export function newCompiler(engine: Engine): Compiler {
  const compiler = hold(new engine.api.Compiler());
  for (const name of externalNames) compiler.defineGlobal(name, '');
  return compiler;
}

/**
 * Compiles a whole ruleset. The caller releases the rules.
 * @throws RearviewError `ERR_RULES_INVALID` where a source is wrong (each is named); a trap goes up as it is
 */
export function buildRules(engine: Engine, sources: readonly RuleSource[]): Rules {
  const compiler = newCompiler(engine);
  try {
    const wrong = sources.flatMap(({ namespace, source }) => addSource(compiler, namespace, source));
    if (wrong.length > 0) throw new RearviewError('ERR_RULES_INVALID', invalidMessage(wrong));
    return hold(compiler.build());
  } catch (error) {
    if (isTrap(error)) engine.dead = true;
    throw error;
  } finally {
    release(engine, compiler);
  }
}

function addSource(compiler: Compiler, namespace: string, source: string): string[] {
  try {
    compiler.newNamespace(namespace);
    compiler.addSource(source);
    return unsafeMetaIntegers(namespace, source).map(formatDiagnostic);
  } catch (error) {
    if (isTrap(error) || !(error instanceof Error)) throw error;
    return [formatDiagnostic(parseDiagnostic(error.message, namespace, 'error'))];
  }
}

function invalidMessage(wrong: readonly string[]): readonly string[] {
  const shown = wrong.slice(0, 10);
  const rest = wrong.length - shown.length;
  return ['The ruleset does not compile:', ...shown, ...(rest > 0 ? [`… and ${rest} more files`] : [])];
}

/**
 * Makes rules ready to scan. They are released when the answer is freed.
 * @param used the variables that the rules name: setting one costs as much as a small scan, so the others are left alone. Default: all.
 */
export function openRules(
  engine: Engine,
  rules: Rules,
  used: readonly (keyof Externals)[] = externalNames,
): CompiledRules {
  let scanner: Scanner | undefined;
  const values = new Map<keyof Externals, string>();
  let freed = false;

  function readyScanner(externals: Externals): Scanner {
    if (scanner === undefined) {
      scanner = hold(rules.scanner());
      scanner.setMaxMatchesPerPattern(maxMatchesPerPattern);
    }
    for (const name of used) {
      if (values.get(name) === externals[name]) continue;
      scanner.setGlobal(name, externals[name]);
      values.set(name, externals[name]);
    }
    return scanner;
  }

  function scan(bytes: Uint8Array, externals: Externals): RuleMatch[] {
    if (freed || engine.dead) {
      const fate = freed ? 'were freed' : 'died with their engine';
      throw new RearviewError('ERR_STATE', `The rules ${fate}: compile them again.`);
    }
    try {
      return readResult(readyScanner(externals).scan(bytes))
        .filter((match) => !match.isPrivate)
        .map((match) => ruleMatch(match, bytes));
    } catch (error) {
      if (isTrap(error)) engine.dead = true;
      throw error;
    }
  }

  function free(): void {
    if (freed) return;
    freed = true;
    if (scanner !== undefined) release(engine, scanner);
    release(engine, rules);
  }

  return { scan, free, [Symbol.dispose]: free };
}

function ruleMatch(match: EngineMatch, bytes: Uint8Array): RuleMatch {
  return {
    namespace: match.namespace,
    rule: match.identifier,
    tags: match.tags,
    meta: match.metadata.map(({ identifier, value }) => ({
      identifier,
      value: typeof value === 'object' ? metaText(Uint8Array.from(value)) : value,
    })),
    strings: match.patterns.filter((pattern) => !pattern.isPrivate).flatMap((pattern) => strings(pattern, bytes)),
  };
}

/** The engine gives meta text that was written with escapes as bytes, well-formed UTF-8 or not. */
function metaText(bytes: Uint8Array): string {
  return isUtf8(bytes) ? Buffer.from(bytes).toString('utf8') : renderData(bytes);
}

function strings({ identifier, matches }: EngineMatch['patterns'][number], bytes: Uint8Array): MatchedString[] {
  return matches
    .toSorted((a, b) => a.offset - b.offset || a.length - b.length)
    .map(({ offset, length }) => ({
      identifier,
      offset,
      length,
      data: renderData(bytes.subarray(offset, offset + length)),
    }));
}
