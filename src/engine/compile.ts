import { RearviewError } from '../domain/errors.ts';
import type { Diagnostic } from '../domain/rulesets/diagnostic.ts';
import type { RuleSource } from '../domain/rulesets/rule.ts';
import { buildRules, type CompiledRules, newCompiler, openRules } from './compiled-rules.ts';
import { unsafeMetaIntegers } from './diagnostics/meta-integers.ts';
import { parseDiagnostic } from './diagnostics/parse-diagnostic.ts';
import { unreachablePatterns } from './diagnostics/pattern-reach.ts';
import { liveEngine } from './live-engine.ts';
import { planVariables } from './variable-slots.ts';
import { isTrap, release } from './yara.ts';

/** What the engine says of rule sources, in the order of the sources and as it says it of each. */
export interface CompileReport {
  /** Empty where everything compiles. A file may have several. */
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
}

/**
 * Compiles each source by itself in this thread, without a deadline: `checkRules` has one. By itself, so that one that is wrong (or that crashes the engine) hides nothing of another. That gives
 * the same answers as compiling them together, because rules see only rules of their own namespace.
 */
export function checkSources(sources: readonly RuleSource[]): CompileReport {
  const reports = sources.map((source) => checkSource(source));
  return { errors: reports.flatMap((each) => each.errors), warnings: reports.flatMap((each) => each.warnings) };
}

/**
 * Compiles rules for use in this thread. A file to scan can trap the engine or never end: what comes from outside belongs in a
 * scan pool.
 * @throws RearviewError `ERR_RULES_INVALID` where they do not compile
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

/** Compiles one source by itself in this thread. */
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
    const errors = compiler.errors.map(parse('error'));
    if (errors.length === 0 && thrown !== undefined) errors.push(parse('error')(thrown.message));
    if (errors.length > 0) return { errors, warnings: compiler.warnings.map(parse('warning')) };
    // Not spread into arguments: there may be more than fit onto the stack.
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
      `The engine crashed on this file (${String(error)}): look for an expression or pattern that is nested very deeply, or a text with tens of thousands of escapes.`,
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

/** The report on a source of which the engine said nothing. */
export function notChecked(file: string, code: 'engine/crash' | 'engine/timeout', message: string): CompileReport {
  return { errors: [{ severity: 'error', code, message, file, line: 0, column: 0 }], warnings: [] };
}
