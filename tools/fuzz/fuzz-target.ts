import { RearviewError } from '../../src/domain/errors.ts';

/** The name of what an input led to: `ok`, a kind of value, or the code of a `RearviewError`. */
export type Outcome = string;

/** A parser under test, with the properties that hold for every input. */
export interface FuzzTarget {
  /** The name of its file. */
  readonly name: string;
  /** The source files under test, for people. */
  readonly of: readonly string[];
  /** The language of the inputs; it selects the mutations. */
  readonly syntax: 'bytes' | 'text' | 'json' | 'yaml';
  /** Inputs to start from, most of them valid. */
  readonly seeds: () => readonly Seed[] | Promise<readonly Seed[]>;
  /** Words that matter in the language, inserted by mutations. */
  readonly words?: readonly string[];
  /** Longest input, in bytes. Default: 65,536. */
  readonly maxBytes?: number;
  /**
   * Updates lengths and checksums of a mutated input, so that it gets past the checks of integrity. Half of the mutated inputs go through it. It must accept
   * any bytes.
   */
  readonly repair?: (input: Buffer) => Buffer;
  /**
   * Runs the parser and checks what it returns. A `RearviewError` is an outcome; anything else that is thrown is a finding. Must be a function of the input
   * alone.
   */
  readonly run: (input: Buffer) => Outcome | Promise<Outcome>;
  /** Largest number of executed blocks of code for an input; a parser that needs more is not linear. Default: `defaultMaxWork`. */
  readonly maxWork?: (bytes: number) => number;
}

export type Seed = string | Uint8Array;

/** A property of a target that does not hold. */
export class BrokenProperty extends Error {
  override readonly name = 'BrokenProperty';
}

/**
 * Checks a property of what a parser returned.
 * @throws BrokenProperty
 */
export function require(holds: boolean, property: string): asserts holds {
  if (!holds) throw new BrokenProperty(property);
}

export const defaultMaxBytes = 65_536;

/** Twenty million blocks for whatever is small, and room for parsers that look at each byte many times. A quadratic one exceeds it at some 64 KiB. */
export function defaultMaxWork(bytes: number): number {
  return 20_000_000 + 2000 * bytes;
}

/**
 * Runs a target on one input.
 * @throws what is a finding
 */
export async function execute(target: FuzzTarget, input: Buffer): Promise<Outcome> {
  try {
    return await target.run(input);
  } catch (error) {
    if (error instanceof RearviewError) return error.code;
    throw error;
  }
}
