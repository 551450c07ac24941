import { isUtf8 } from 'node:buffer';
import { RearviewError } from '../domain/errors.ts';
import { type ExternalName, type Externals, externalNames } from '../domain/rulesets/externals.ts';
import { contentTypeVariable, type VariableSlot } from '../domain/rulesets/variables.ts';
import { type MatchedString, type RuleMatch, renderData } from '../domain/scans/match.ts';
import { fileTypeOf } from '../unpack/file-type.ts';
import { engineMatchLimit } from './match-limit.ts';
import { type FileBytes, viewOf } from './module/held-file.ts';
import type { EngineMatch, Rules, Scanner } from './module/objects.ts';
import { type SlotValue, valueFor } from './variable-values.ts';
import { type Engine, isTrap, release } from './yara.ts';

/** Rules ready to scan, in an instance of the engine. */
export interface CompiledRules {
  /**
   * Scans one file, in this thread and without a deadline.
   * @param matchLimit maximum number of matches per pattern that conditions see. Default: the
   *   engine's own limit, a million
   * @returns the public rules that matched, in the order of the sources and of their rules
   * @throws whatever the engine throws; after a trap (`isTrap`) this instance of the engine is dead
   */
  scan(file: FileBytes, externals: Externals, matchLimit?: number): RuleMatch[];
  /**
   * Whether a pattern reached the limit in the last scan. A condition that counts matches or uses
   * their offsets may then have been wrong.
   */
  matchLimitReached(): boolean;
  /** Why values of declared variables were not used in the last scan. */
  variableProblems(): readonly string[];
  /** May be called several times. */
  free(): void;
  [Symbol.dispose](): void;
}

/**
 * Prepares rules for scanning. They are released when the result is freed.
 * @param variables the declared variables of the rules. Default: none
 * @param used the built-in variables that the rules use: setting one costs as much as a small scan,
 *   so the others are not set. Default: all.
 */
export function openRules(
  engine: Engine,
  rules: Rules,
  used: readonly ExternalName[] = externalNames,
  variables: readonly VariableSlot[] = [],
): CompiledRules {
  let scanner: Scanner | undefined;
  const values = new Map<ExternalName, string>();
  const slotValues = new Map(variables.map(({ slot, default: value }): [string, SlotValue['value']] => [slot, value]));
  let problems: readonly string[] = [];
  let freed = false;
  let limit: number | undefined;
  let limitReached = false;
  const declared = new Set(variables.map(({ slot }) => slot));
  const builtIn = used.filter((name) => !declared.has(name));

  function readyScanner(file: FileBytes, externals: Externals, matchLimit: number): Scanner {
    scanner ??= rules.scanner();
    if (limit !== matchLimit) scanner.setMaxMatchesPerPattern(matchLimit);
    limit = matchLimit;
    for (const name of builtIn) {
      if (values.get(name) === externals[name]) continue;
      scanner.setGlobal(name, externals[name]);
      values.set(name, externals[name]);
    }
    problems = setVariables(scanner, file, externals);
    return scanner;
  }

  function setVariables(ready: Scanner, file: FileBytes, externals: Externals): readonly string[] {
    return variables.flatMap((each) => {
      const { value, problem } =
        each.name === contentTypeVariable.name
          ? { value: externals.contentType ?? fileTypeOf(viewOf(file)), problem: null }
          : valueFor(each, externals.variables);
      if (slotValues.get(each.slot) !== value) {
        ready.setGlobal(each.slot, value, each.type);
        slotValues.set(each.slot, value);
      }
      return problem === null ? [] : [problem];
    });
  }

  function scan(file: FileBytes, externals: Externals, matchLimit = engineMatchLimit): RuleMatch[] {
    if (freed || engine.dead) {
      const fate = freed ? 'were freed' : 'died with their engine';
      throw new RearviewError('ERR_STATE', `The rules ${fate}: compile them again.`);
    }
    try {
      const ready = readyScanner(file, externals, matchLimit);
      const found = ready.scan(file);
      const bytes = viewOf(file);
      const matches = found.map((match) => ruleMatch(match, bytes));
      limitReached = ready.limitUsed();
      return matches;
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

  return {
    scan,
    matchLimitReached: () => limitReached,
    variableProblems: () => problems,
    free,
    [Symbol.dispose]: free,
  };
}

function ruleMatch(match: EngineMatch, bytes: Uint8Array): RuleMatch {
  const total = match.patterns.reduce((sum, pattern) => sum + pattern.total, 0);
  const found = match.patterns.flatMap((pattern) => strings(pattern, bytes));
  return {
    namespace: match.namespace,
    rule: match.identifier,
    tags: match.tags,
    meta: match.metadata.map(({ identifier, value }) => ({
      identifier,
      value: typeof value === 'object' ? metaText(Uint8Array.from(value)) : value,
    })),
    strings: found,
    ...(total > found.length ? { stringsTotal: total } : {}),
  };
}

/** The engine returns meta text with escapes as bytes, well-formed UTF-8 or not. */
function metaText(bytes: Uint8Array): string {
  return isUtf8(bytes) ? Buffer.from(bytes).toString('utf8') : renderData(bytes);
}

function strings({ identifier, places }: EngineMatch['patterns'][number], bytes: Uint8Array): MatchedString[] {
  // The engine keeps them in the order of their offsets.
  return Array.from({ length: places.length / 2 }, (_, index) => {
    const [offset = 0, length = 0] = places.slice(2 * index, 2 * index + 2);
    return { identifier, offset, length, data: renderData(bytes.subarray(offset, offset + length)) };
  });
}
