import { emptyBlock, type FunctionType, op, type, writeModule } from '../module/wasm-writer.ts';

/**
 * The functions with which a condition requests the matches of a pattern. They are guarded by the
 * bitmap in the condition's memory, which has one bit for each pattern that matched (YARA-X,
 * `lib/src/wasm/mod.rs`, "Memory layout"). Most patterns match nothing in most files, and then the
 * engine is not needed. `N of them` over neighbouring patterns is counted completely in the bitmap.
 */

const { i32, i64 } = type;

interface Guarded extends FunctionType {
  /**
   * The import of the condition module; it includes the signature, so another signature is another
   * name.
   */
  readonly name: string;
  /** Instructions for the result if the pattern has no match. */
  readonly none: readonly number[];
  /** Instructions for whether there is none, for another reason than the bitmap. */
  readonly orNone?: readonly number[];
}

const isFalse = [op.i32Const, 0];
const zero = [op.i64Const, 0];
const undefinedValue = [op.i64Const, 0, op.i32Const, 1];
/**
 * The engine traps at an offset beyond its 32-bit addresses, which a hostile file can cause;
 * nothing matches there.
 */
const isBeyondAddresses = [op.localGet, 1, op.i64Const, 0xff, 0xff, 0xff, 0xff, 0x0f, op.i64GtS];

/** Counts the matches of a pattern. */
export const patternCounter = 'pat_matches@pattern_id:i@i';

/** The first parameter of each is the pattern. */
const guarded: readonly Guarded[] = [
  {
    name: 'is_pat_match_at@pattern_id:i,offset:i@b',
    parameters: [i32, i64],
    results: [i32],
    none: isFalse,
    orNone: isBeyondAddresses,
  },
  {
    name: 'is_pat_match_in@pattern_id:i,lower_bound:i,upper_bound:i@b',
    parameters: [i32, i64, i64],
    results: [i32],
    none: isFalse,
  },
  { name: patternCounter, parameters: [i32], results: [i64], none: zero },
  {
    name: 'pat_matches_in@pattern_id:i,lower_bound:i,upper_bound:i@i',
    parameters: [i32, i64, i64],
    results: [i64],
    none: zero,
  },
  { name: 'pat_length@pattern_id:i,index:i@iu', parameters: [i32, i64], results: [i64, i32], none: undefinedValue },
  { name: 'pat_offset@pattern_id:i,index:i@iu', parameters: [i32, i64], results: [i64, i32], none: undefinedValue },
];

/** `N of ($a, $b, …)`: first pattern, last pattern, how many must match. */
const range: FunctionType & { readonly name: string } = {
  name: 'pat_range_match@pattern_id_start:i,pattern_id_end:i,required:i@b',
  parameters: [i32, i32, i64],
  results: [i32],
};

const all = [...guarded, range];

/**
 * Names of the imports with which a condition requests the number, offsets or lengths of the
 * matches of one pattern.
 */
export const patternQuestionNames: ReadonlySet<string> = new Set(guarded.map(({ name }) => name));

/** Names of the imports of condition modules that `createPatternGuards` wraps. */
export const patternGuardNames: ReadonlySet<string> = new Set(all.map(({ name }) => name));

let compiled: WebAssembly.Module | undefined;

export interface ConditionMemory {
  readonly memory: WebAssembly.Memory;
  /** Address of the bitmap: an immutable 32-bit global. */
  readonly bitmap: WebAssembly.Global;
}

/** @param ask the engine's own functions by name, for patterns that have matches */
export function createPatternGuards(
  { memory, bitmap }: ConditionMemory,
  ask: Readonly<Record<string, unknown>>,
): WebAssembly.Exports {
  compiled ??= new WebAssembly.Module(
    writeModule({
      types: all,
      imports: [
        { module: 'condition', name: 'memory', kind: 'memory' },
        { module: 'condition', name: 'bitmap', kind: 'global', type: i32, mutable: false },
        ...all.map(({ name }, index) => ({ module: 'engine', name, kind: 'function', type: index }) as const),
      ],
      functions: [
        ...guarded.map((each, index) => ({ name: each.name, type: index, locals: [], body: guardedBody(each, index) })),
        { name: range.name, type: guarded.length, locals: [i64], body: rangeBody() },
      ],
    }),
  );
  return new WebAssembly.Instance(compiled, { condition: { memory, bitmap }, engine: ask }).exports;
}

/** 1 if the pattern in the variable has matched. Bit n of the bitmap is bit n % 8 of byte n / 8. */
function bitOf(variable: number): number[] {
  return [
    ...[op.globalGet, 0, op.localGet, variable, op.i32Const, 3, op.i32ShrU, op.i32Add, op.i32Load8U, 0, 0],
    ...[op.localGet, variable, op.i32Const, 7, op.i32And, op.i32ShrU, op.i32Const, 1, op.i32And],
  ];
}

function askEngine(functionIndex: number, parameters: number): number[] {
  return [...Array.from({ length: parameters }, (_, index) => [op.localGet, index]).flat(), op.call, functionIndex];
}

function guardedBody({ parameters, none, orNone }: Guarded, index: number): number[] {
  return [
    ...[...bitOf(0), op.i32Eqz],
    ...(orNone === undefined ? [] : [...orNone, op.i32Or]),
    op.if,
    emptyBlock,
    ...none,
    op.return,
    op.end,
    ...askEngine(index, parameters.length),
  ];
}

function rangeBody(): number[] {
  const [first, last, required, count] = [0, 1, 2, 3];
  return [
    // Invalid numbers are left to the engine.
    ...[op.localGet, first, op.localGet, last, op.i32GtU, op.localGet, required, op.i64Const, 0, op.i64LtS, op.i32Or],
    ...[op.if, emptyBlock, ...askEngine(guarded.length, range.parameters.length), op.return, op.end],
    ...[op.loop, emptyBlock],
    ...[op.localGet, count, ...bitOf(first), op.i64ExtendI32U, op.i64Add, op.localSet, count],
    ...[
      op.localGet,
      first,
      op.i32Const,
      1,
      op.i32Add,
      op.localTee,
      first,
      op.localGet,
      last,
      op.i32LeU,
      op.branchIf,
      0,
    ],
    op.end,
    ...[op.localGet, count, op.localGet, required, op.i64GeS],
  ];
}
