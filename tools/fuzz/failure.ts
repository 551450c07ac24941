import { createHash } from 'node:crypto';

/** The way a target fails on an input. */
export interface Failure {
  /**
   * An exception, a violated property, too much work, no end before the deadline, or too much
   * memory.
   */
  readonly kind: 'thrown' | 'property' | 'work' | 'hang' | 'memory';
  /** One line. */
  readonly message: string;
  /** The stack of the exception; otherwise empty. */
  readonly stack: string;
}

/** A failure that the fuzzer found, with an input that reproduces it. */
export interface FoundFailure extends Failure {
  readonly target: string;
  /** The iteration of the first failing input. Seeds come before iteration 0. */
  readonly iteration: number;
  /** The smallest known input that fails the same way. */
  readonly input: Uint8Array;
  /** Length of the first failing input. */
  readonly foundBytes: number;
}

/** Converts an exception to a failure. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { kind: 'thrown', message: `${String(error)}`, stack: '' };
  const kind = error.name === 'BrokenProperty' ? 'property' : 'thrown';
  const message = kind === 'property' ? error.message : `${error.name}: ${error.message}`;
  return { kind, message: message.split('\n')[0]?.slice(0, 300) ?? '', stack: error.stack ?? '' };
}

/**
 * Equal for inputs that fail the same way: by the exception, without the values in it, and its
 * origin.
 */
export function signatureOf({ kind, message, stack }: Failure): string {
  const general = message.replace(/"[^"]*"|'[^']*'|`[^`]*`|\d+/g, '#').slice(0, 80);
  // The depth of a recursion, and where it ends, differ from input to input.
  const isStackOverflow = message.includes('call stack');
  const place = stack.split('\n').find((line) => /^\s+at /.test(line) && !/tools\/fuzz|node:/.test(line));
  return kind === 'work' || isStackOverflow ? `${kind} ${general}` : `${kind} ${general} ${place?.trim() ?? ''}`;
}

/** Returns a file name for an input, the same for the same input. */
export function inputFileName({ target, input }: Pick<FoundFailure, 'target' | 'input'>): string {
  return `${target}-${createHash('sha256').update(input).digest('hex').slice(0, 12)}`;
}
