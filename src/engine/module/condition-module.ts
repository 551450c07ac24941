import { messageOf } from '../../domain/errors.ts';
import { safeJson } from '../../domain/text/safe-json.ts';
import { HostFailure } from './host-failure.ts';
import { readSections } from './wasm-binary.ts';

/**
 * The only place where conditions become modules and instances.
 *
 * The bytes of a condition module are in the memory of an engine, which may come from a file: they
 * may be an attacker's code. WebAssembly itself reaches only its imports, so these are restricted:
 * to the names and kinds that YARA-X uses, and to values that the scanner itself supplied as own
 * properties.
 */

/** The namespace of memory and globals, and the one of the built-in functions. */
export const stateNamespace = 'yara_x';
export const builtinNamespace = 'yara_x::wasm';

/**
 * Names that conditions share with the scanner, apart from functions (YARA-X,
 * `lib/src/wasm/mod.rs`).
 */
const stateKinds: ReadonlyMap<string, string> = new Map([
  ['main_memory', 'memory'],
  ['filesize', 'global'],
  ['pattern_search_done', 'global'],
  ['matching_patterns_bitmap_base', 'global'],
]);
/** Built-in functions, and those of YARA's modules. */
const functionNamespaces = /^yara_x::(?:wasm|modules::[a-z_0-9]+)$/;
/**
 * Function, parameters, result: `pe.exports@func_name:s@bu`. No property that JavaScript objects
 * have by default has such a name.
 */
const functionName = /^[A-Za-z_][\w.:]*@[\w:,.]*@[\w:,.-]*$/;

/**
 * Sections that the engine writes: its own names, types, imports, functions, globals, exports,
 * code. No memory, no table, no start.
 */
const allowedSections: ReadonlySet<number> = new Set([0, 1, 2, 3, 6, 7, 10]);

/** Maximum number of characters of a name in an error message. */
const longestShown = 60;

/** By module and name; values of the host and closures of the engine. */
export type ConditionImports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * Compiles conditions.
 * @throws HostFailure if they are not a module, or one that could access more than a scanner
 *   provides
 */
export function compileConditions(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  try {
    const section = readSections(bytes).find(({ id }) => !allowedSections.has(id));
    if (section !== undefined) throw new HostFailure(`it has a section of kind ${section.id}`);
    const module = new WebAssembly.Module(bytes);
    for (const { module: namespace, name, kind } of WebAssembly.Module.imports(module)) {
      const known =
        namespace === stateNamespace
          ? stateKinds.get(name) === kind
          : kind === 'function' && functionNamespaces.test(namespace) && functionName.test(name);
      if (!known) throw new HostFailure(`it imports the ${kind} ${quoted(name)} of ${quoted(namespace)}`);
    }
    return module;
  } catch (error) {
    // There may be no memory for another module, which does not mean that this one is invalid.
    if (error instanceof RangeError) throw error;
    throw new HostFailure(`Invalid condition module: ${messageOf(error)}`, error);
  }
}

/**
 * Makes an instance of a module from `compileConditions`. The instance gets its imports, each from
 * an own property of the object with the imports.
 * @throws HostFailure if one is missing or of another kind
 */
export function instantiateConditions(module: WebAssembly.Module, imports: ConditionImports): WebAssembly.Instance {
  const linked: Record<string, Record<string, unknown>> = bare();
  for (const { module: namespace, name, kind } of WebAssembly.Module.imports(module)) {
    const value = own(own(imports, namespace), name);
    if (!isOfKind(value, kind)) throw new HostFailure(`The scanner has no ${kind} ${name} for conditions.`);
    const names = linked[namespace] ?? bare();
    names[name] = value;
    linked[namespace] = names;
  }
  return new WebAssembly.Instance(module, linked);
}

/** Returns the value of an own data property; undefined if there is none. */
export function own(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null
    ? Object.getOwnPropertyDescriptor(object, name)?.value
    : undefined;
}

function quoted(name: string): string {
  return safeJson(name.length > longestShown ? `${name.slice(0, longestShown)}…` : name);
}

function isOfKind(value: unknown, kind: string): boolean {
  if (kind === 'function') return typeof value === 'function';
  return kind === 'memory' ? value instanceof WebAssembly.Memory : value instanceof WebAssembly.Global;
}

/** Returns an object with own properties only. */
export function bare<T>(): Record<string, T> {
  return Object.create(null);
}
