import { RearviewError } from '../domain/errors.ts';
import type { Diagnostic } from '../domain/rulesets/diagnostic.ts';
import type { RuleSource } from '../domain/rulesets/rule.ts';
import { buildRules, newCompiler } from './build-rules.ts';
import { type CompiledRules, openRules } from './compiled-rules.ts';
import { unsafeMetaIntegers } from './diagnostics/meta-integers.ts';
import { parseDiagnostic } from './diagnostics/parse-diagnostic.ts';
import { unreachablePatterns } from './diagnostics/pattern-reach.ts';
import { explainUnknownVariable } from './diagnostics/unknown-variables.ts';
import { liveEngine } from './live-engine.ts';
import { planVariables } from './variable-slots.ts';
import { isTrap, release } from './yara.ts';

/** The engine's reports on rule sources, in the order of the sources. */
export interface CompileReport {
  /** Empty if everything compiles. A file may have several. */
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
}

/**
 * Compiles rules for use in this thread. A scanned file can trap the engine or never end, so scan
 * files from outside in a scan pool.
 * @throws RearviewError `ERR_RULES_INVALID` if they do not compile
 */
export function compile(sources: readonly RuleSource[]): CompiledRules {
  const engine = liveEngine();
  try {
    return openRules(engine, buildRules(engine, sources), undefined, planVariables(sources).slots);
  } catch (error) {
    if (!isTrap(error)) throw error;
    throw new RearviewError('ERR_RULES_INVALID', `The engine crashed while compiling: ${String(error)}.`, {
      cause: error,
    });
  }
}

/**
 * Compiles one source separately in this thread, without a deadline: `checkRules` has one. The
 * result is the same as for compiling it with others, because rules see only rules of their own
 * namespace.
 */
export function checkSource(
  { namespace, source, variables = [] }: RuleSource,
  engine: ReturnType<typeof liveEngine> = liveEngine(),
): CompileReport {
  const compiler = newCompiler(
    engine,
    variables.map((each) => ({ ...each, slot: each.name })),
  );
  try {
    const thrown = addSource(compiler, namespace, source);
    const parse = (severity: 'error' | 'warning') => (text: string) => parseDiagnostic(text, namespace, severity);
    const parsed = compiler.errors.map(parse('error'));
    if (parsed.length === 0 && thrown !== undefined) parsed.push(parse('error')(thrown.message));
    const errors = parsed.map((each) => explainUnknownVariable(each, source));
    if (errors.length > 0) return { errors, warnings: compiler.warnings.map(parse('warning')) };
    // Not spread into arguments, because all of them may not fit on the stack.
    const unsafe = unsafeMetaIntegers(namespace, source);
    const warnings = compiler.warnings.map(parse('warning'));
    return unsafe.length > 0
      ? { errors: unsafe, warnings }
      : { errors, warnings: [...warnings, ...unreachablePatterns(engine, namespace, source)] };
  } catch (error) {
    if (!isTrap(error)) throw error;
    engine.dead = true;
    return notChecked(
      namespace,
      'engine/crash',
      `The engine crashed on this file: look for a very deeply nested expression or pattern, or a text with tens of thousands of escapes.`,
    );
  } finally {
    release(engine, compiler);
  }
}

function addSource(compiler: ReturnType<typeof newCompiler>, namespace: string, source: string): Error | undefined {
  try {
    compiler.newNamespace(namespace);
    compiler.addSource(source);
    return undefined;
  } catch (error) {
    if (isTrap(error) || !(error instanceof Error)) throw error;
    return error;
  }
}

/** The report on a source without diagnostics of the engine. */
export function notChecked(file: string, code: 'engine/crash' | 'engine/timeout', message: string): CompileReport {
  return { errors: [{ severity: 'error', code, message, file, line: 0, column: 0 }], warnings: [] };
}
