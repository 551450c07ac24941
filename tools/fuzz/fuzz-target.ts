import { RearviewError } from '../../src/domain/errors.ts';

/** The name of the outcome of an input: `ok`, a kind of value, or the code of a `RearviewError`. */
export type Outcome = string;

/** A parser under test, with the properties that are true for every input. */
export interface FuzzTarget {
  /** The name of its file. */
  readonly name: string;
  /** The source files under test, for display. */
  readonly of: readonly string[];
  /** The language of the inputs; it selects the mutations. */
  readonly syntax: 'bytes' | 'text' | 'json' | 'yaml';
  /** Initial inputs, most of them valid. */
  readonly seeds: () => readonly Seed[] | Promise<readonly Seed[]>;
  /** Significant words of the language, inserted by mutations. */
  readonly words?: readonly string[];
  /** Maximum input size in bytes. Default: 65,536. */
  readonly maxBytes?: number;
  /**
   * Updates lengths and checksums of a mutated input, so that it passes integrity checks. Used for
   * half of the mutated inputs. It must accept any bytes.
   */
  readonly repair?: (input: Buffer) => Buffer;
  /**
   * Runs the parser and checks its result. A `RearviewError` is an outcome; any other exception is
   * a failure. Must depend only on the input.
   */
  readonly run: (input: Buffer) => Outcome | Promise<Outcome>;
  /**
   * Maximum number of executed blocks of code for an input; a parser that needs more is not linear.
   * Default: `defaultMaxWork`.
   */
  readonly maxWork?: (bytes: number) => number;
}

export type Seed = string | Uint8Array;

/** Thrown if a property of a target is violated. */
export class BrokenProperty extends Error {
  override readonly name = 'BrokenProperty';
}

/**
 * Checks a property of a parser's result.
 * @throws BrokenProperty
 */
export function require(holds: boolean, property: string): asserts holds {
  if (!holds) throw new BrokenProperty(property);
}

export const defaultMaxBytes = 65_536;

/**
 * Twenty million blocks for any small input, with a margin for parsers that read each byte many
 * times. A quadratic one exceeds it at about 64 KiB.
 */
export function defaultMaxWork(bytes: number): number {
  return 20_000_000 + 2000 * bytes;
}

/**
 * Runs a target on one input.
 * @throws an exception that is a failure
 */
export async function execute(target: FuzzTarget, input: Buffer): Promise<Outcome> {
  try {
    return await target.run(input);
  } catch (error) {
    if (error instanceof RearviewError) return error.code;
    throw error;
  }
}
