/**
 * Writes small WebAssembly modules (W3C, "WebAssembly Core Specification", chapter 5). The input is
 * trusted: V8 validates the result.
 */

/** Value types of the specification. */
export const type = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c } as const;

/** Instructions of the specification that are used here. */
export const op = {
  end: 0x0b,
  call: 0x10,
  localGet: 0x20,
  i32Load: 0x28,
  i64Load: 0x29,
  f32Load: 0x2a,
  f64Load: 0x2b,
  i32Store: 0x36,
  i64Store: 0x37,
  f32Store: 0x38,
  f64Store: 0x39,
  i32Const: 0x41,
} as const;

/** Encodes an unsigned number as LEB128, as short as possible. */
export function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) + 0x80].concat(unsigned(Math.floor(value / 0x80)));
}

/** Encodes a signed number as LEB128, as in constants. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value | 0; ; rest >>= 7) {
    const low = rest & 0x7f;
    const isLast = rest === low - (low & 0x40) * 2;
    bytes.push(isLast ? low : low | 0x80);
    if (isLast) return bytes;
  }
}

export interface FunctionType {
  readonly parameters: readonly number[];
  readonly results: readonly number[];
}

export interface ModuleParts {
  readonly types: readonly FunctionType[];
  readonly imports: readonly Import[];
  /**
   * Functions, each exported under its name. Their indices follow those of the imported functions.
   */
  readonly functions: readonly {
    readonly name: string;
    /** Index into `types`. */
    readonly type: number;
    /** Types of the variables in addition to the parameters. */
    readonly locals: readonly number[];
    /** Instructions without the closing `end`. */
    readonly body: readonly number[];
  }[];
}

export type Import = { readonly module: string; readonly name: string } & (
  | { readonly kind: 'function' /** Index into `types`. */; readonly type: number }
  | { readonly kind: 'memory' }
  | { readonly kind: 'global'; readonly type: number; readonly mutable: boolean }
);

/** The bytes of a module. */
export function writeModule({ types, imports, functions }: ModuleParts): Uint8Array<ArrayBuffer> {
  const imported = imports.filter(({ kind }) => kind === 'function').length;
  const parts = [
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(
      1,
      types.map(({ parameters, results }) => [0x60].concat(sized(parameters), sized(results))),
    ),
    section(2, imports.map(writeImport)),
    section(
      3,
      functions.map((each) => unsigned(each.type)),
    ),
    section(
      7,
      functions.map(({ name }, index) => text(name).concat(0, unsigned(imported + index))),
    ),
    section(
      10,
      functions.map(({ locals, body }) => {
        const declared = unsigned(locals.length).concat(...locals.map((local) => [1, local]));
        return sized(declared.concat(body, op.end));
      }),
    ),
  ];
  return Uint8Array.from(parts.flat());
}

function writeImport(each: Import): number[] {
  const named = text(each.module).concat(text(each.name));
  if (each.kind === 'function') return named.concat(0, unsigned(each.type));
  // At least one page, no upper limit.
  if (each.kind === 'memory') return named.concat(2, 0, 1);
  return named.concat(3, each.type, each.mutable ? 1 : 0);
}

/** Lists are joined by `concat` and `flat`: this runs once in a process, before V8 has compiled a loop. */
function section(id: number, items: readonly (readonly number[])[]): number[] {
  return [id].concat(sized(unsigned(items.length).concat(items.flat())));
}

/** The bytes, with their number before them. */
function sized(bytes: readonly number[]): number[] {
  return unsigned(bytes.length).concat(bytes);
}

function text(value: string): number[] {
  return sized([...Buffer.from(value, 'utf8')]);
}
