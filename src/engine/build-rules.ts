import { hasCode, RearviewError } from '../domain/errors.ts';
import { formatDiagnostic } from '../domain/rulesets/diagnostic.ts';
import { externalNames } from '../domain/rulesets/externals.ts';
import type { RuleSource } from '../domain/rulesets/rule.ts';
import type { VariableSlot } from '../domain/rulesets/variables.ts';
import { unsafeMetaIntegers } from './diagnostics/meta-integers.ts';
import { parseDiagnostic } from './diagnostics/parse-diagnostic.ts';
import type { Compiler, Rules } from './module/objects.ts';
import { separateSizes } from './shared-texts.ts';
import { type PlannedVariables, planVariables } from './variable-slots.ts';
import { type Engine, isTrap, release } from './yara.ts';
import { zeroOfAsNone } from './zero-of.ts';

/** Creates a compiler with the external variables. The caller releases it. */
export function newCompiler(engine: Engine, variables: readonly VariableSlot[] = []): Compiler {
  const compiler = engine.compiler();
  const declared = new Set(variables.map(({ slot }) => slot));
  for (const name of externalNames) if (!declared.has(name)) compiler.defineGlobal(name, '');
  for (const { slot, type, default: value } of variables) compiler.defineGlobal(slot, value, type);
  return compiler;
}

/**
 * Compiles a complete ruleset. The caller releases the rules.
 * @throws RearviewError `ERR_RULES_INVALID` if sources are wrong (each is named); a trap is passed
 *   on unchanged
 */
export function buildRules(engine: Engine, sources: readonly RuleSource[]): Rules {
  const planned = planVariables(sources);
  const separate = separateSizes(zeroOfAsNone(planned.sources));
  try {
    return buildWritten(engine, { ...planned, sources: separate });
  } catch (error) {
    // The errors of the sources as they are written name the right columns.
    if (separate === planned.sources || !hasCode(error, 'ERR_RULES_INVALID')) throw error;
    return buildWritten(engine, planned);
  }
}

function buildWritten(engine: Engine, { slots, sources }: PlannedVariables): Rules {
  const compiler = newCompiler(engine, slots);
  compiler.ignoreWarnings();
  try {
    const wrong = sources.flatMap(({ namespace, source }) => addSource(compiler, namespace, source));
    if (wrong.length > 0) throw new RearviewError('ERR_RULES_INVALID', invalidMessage(wrong));
    return compiler.build();
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
