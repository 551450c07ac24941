import { messageOf } from '../../domain/errors.ts';
import { safeJson } from '../../domain/text/safe-json.ts';
import { readSections } from '../module/wasm-binary.ts';
import { HostFailure } from './host-failure.ts';

/**
 * The one place where conditions become modules and instances.
 *
 * The bytes of a condition module lie in the memory of an engine, which may come from a file: they are code that somebody else may have written. WebAssembly itself
 * reaches nothing but its imports, so these are what has to be bounded: to the names that YARA-X uses, of the kinds that it uses, and to values that the scanner
 * supplied itself, as properties of its own.
 */

/** The namespace of memory and globals, and the one of the built-in functions. */
export const stateNamespace = 'yara_x';
export const builtinNamespace = 'yara_x::wasm';

/** What conditions share with the scanner besides functions (YARA-X, `lib/src/wasm/mod.rs`). */
const stateKinds: ReadonlyMap<string, string> = new Map([
  ['main_memory', 'memory'],
  ['filesize', 'global'],
  ['pattern_search_done', 'global'],
  ['matching_patterns_bitmap_base', 'global'],
]);
/** Built-in functions, and those of YARA's modules. */
const functionNamespaces = /^yara_x::(?:wasm|modules::[a-z_0-9]+)$/;
/** Function, parameters, result: `pe.exports@func_name:s@bu`. No property that JavaScript gives to objects has such a name. */
const functionName = /^[A-Za-z_][\w.:]*@[\w:,.]*@[\w:,.-]*$/;

/** Sections that the engine writes: names of its own, types, imports, functions, globals, exports, code. No memory, no table, no start. */
const allowedSections: ReadonlySet<number> = new Set([0, 1, 2, 3, 6, 7, 10]);

/** Characters of a name that an error shows. */
const longestShown = 60;

/** By module and name; values of the host and closures of the engine. */
export type ConditionImports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * Compiles conditions.
 * @throws HostFailure where they are no module, or one that could reach more than a scanner gives
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
    // There may be no room for another module, which is nothing against this one.
    if (error instanceof RangeError) throw error;
    throw new HostFailure(`The condition module is refused: ${messageOf(error)}`, error);
  }
}

/**
 * Makes an instance of what `compileConditions` returned. The instance gets what it imports, each from a property that the object with the imports has itself.
 * @throws HostFailure where one is missing or of another kind
 */
export function instantiateConditions(module: WebAssembly.Module, imports: ConditionImports): WebAssembly.Instance {
  const linked: Record<string, Record<string, unknown>> = bare();
  for (const { module: namespace, name, kind } of WebAssembly.Module.imports(module)) {
    const value = own(own(imports, namespace), name);
    if (!isOfKind(value, kind)) throw new HostFailure(`The scanner gives conditions no ${kind} ${name}.`);
    const names = linked[namespace] ?? bare();
    names[name] = value;
    linked[namespace] = names;
  }
  return new WebAssembly.Instance(module, linked);
}

/** The value of a property that the object has itself, as a value; undefined where it has none. */
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

/** An object that has no property but its own. */
export function bare<T>(): Record<string, T> {
  return Object.create(null);
}
