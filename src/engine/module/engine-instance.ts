import { type ConditionExports, createConditionHost } from './conditions.ts';
import { print } from './console-output.ts';

/** What `engine/src/lib.rs` exports; addresses and lengths are numbers of bytes. */
export interface EngineExports extends ConditionExports {
  start(): void;
  allocate(bytes: number): number;
  release(address: number, bytes: number): void;
  answer_address(): number;
  answer_length(): number;
  answer_drop(): void;
  condition_functions(): void;
  compiler_new(): number;
  compiler_free(compiler: number): void;
  compiler_ignore_warnings(compiler: number): void;
  compiler_define_global(compiler: number, ...named: VariableArguments): number;
  compiler_new_namespace(compiler: number, name: number, length: number): void;
  compiler_add_source(compiler: number, source: number, length: number): number;
  compiler_errors(compiler: number): void;
  compiler_warnings(compiler: number): void;
  compiler_build(compiler: number): number;
  rules_free(rules: number): void;
  scanner_new(rules: number): number;
  scanner_free(scanner: number): void;
  scanner_set_global(scanner: number, ...named: VariableArguments): number;
  scanner_max_matches(scanner: number, maximum: number): void;
  scanner_limit_used(scanner: number): number;
  scanner_scan(scanner: number, address: number, length: number, places: number): number;
}

/** Name, kind, text, integer, float. */
export type VariableArguments = [
  name: number,
  nameLength: number,
  kind: number,
  text: number,
  textLength: number,
  integer: bigint,
  float: number,
];

/** An instance of the engine's module. */
export interface EngineInstance {
  readonly exports: EngineExports;
  readonly memory: WebAssembly.Memory;
}

const pageBytes = 65_536;
/** The pages that the module asks for (`engine/build.rs`). */
export const initialPages = 256;

/**
 * Starts an instance, independent of all others.
 * @param maxMemoryBytes of its linear memory: a scan that needs more traps
 */
export function startInstance(module: WebAssembly.Module, maxMemoryBytes: number): EngineInstance {
  const maximum = Math.max(initialPages, Math.floor(maxMemoryBytes / pageBytes));
  const memory = new WebAssembly.Memory({ initial: initialPages, maximum });
  const conditions = createConditionHost(memory);
  const text = (address: number, length: number) =>
    Buffer.from(memory.buffer, address >>> 0, length >>> 0).toString('utf8');
  const host = {
    ...conditions.imports,
    time_ms: () => Date.now(),
    print: (address: number, length: number) => print(text(address, length)),
    // The trap that follows is reported.
    fail: () => undefined,
  };
  const exports = new WebAssembly.Instance(module, { env: { memory }, host }).exports as unknown as EngineExports;
  exports.start();
  conditions.connect(exports);
  return { exports, memory };
}
