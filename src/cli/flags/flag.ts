import { messageOf, RearviewError } from '../../domain/errors.ts';

/*
 * The values of flags. A command line has only texts, lists of texts and switches, and every command
 * reads some: a general schema library takes longer to load than most commands run.
 */

/** How the value of a flag is read from the command line. */
export interface Flag<T> {
  /**
   * @param given undefined if the flag is not given
   * @throws an error whose message is for the user
   */
  read(given: unknown): T;
  /** Undefined if the flag is not given. */
  optional(): Flag<T | undefined>;
  /** The value if the flag is not given. */
  default<const D extends T>(value: D): Flag<T>;
  /** Like `default`, with a text that is read. */
  defaultText(text: string): Flag<T>;
  /** Refuses other values, with a message. */
  check(isRight: (value: T) => boolean, message: (value: T) => string): Flag<T>;
  /** The messages of errors are for the user. */
  transform<U>(convert: (value: T) => U): Flag<U>;
}

export type FlagValue<F> = F extends { read(given: never): infer T } ? T : never;

/** The flags of a command, by their names in camel case. */
export interface FlagSet<S extends FlagShape> {
  /** To be part of other sets. */
  readonly shape: S;
  /** @throws RearviewError `ERR_USAGE` with a line for each problem */
  read(given: Readonly<Record<string, unknown>>): FlagValues<S>;
  /** Refuses combinations of flags, with a message that names them. */
  check(isRight: (values: FlagValues<S>) => boolean, message: string): FlagSet<S>;
}

export type FlagShape = Readonly<Record<string, Flag<unknown>>>;
/** The values of a set. */
export type FlagSetValues<T> = T extends FlagSet<infer S> ? FlagValues<S> : never;
export type FlagValues<S extends FlagShape> = { readonly [Name in keyof S]: FlagValue<S[Name]> };

function createFlag<T>(read: (given: unknown) => T): Flag<T> {
  return {
    read,
    optional: () => createFlag((given) => (given === undefined ? undefined : read(given))),
    default: (value) => createFlag((given) => (given === undefined ? value : read(given))),
    defaultText: (text) => createFlag((given) => read(given ?? text)),
    check: (isRight, message) =>
      createFlag((given) => {
        const value = read(given);
        if (!isRight(value)) throw new RearviewError('ERR_USAGE', message(value));
        return value;
      }),
    transform: (convert) => createFlag((given) => convert(read(given))),
  };
}

/**
 * Any text.
 * @param why the message if the flag is not given
 */
export function requiredFlag(why: string): Flag<string> {
  return createFlag((given) => {
    if (typeof given !== 'string') throw new RearviewError('ERR_USAGE', why);
    return given;
  });
}

/** Any text. */
export const textFlag = requiredFlag('a value is required');

/** A text that is not empty. */
export const filledFlag = textFlag.check(
  (text) => text !== '',
  () => 'must not be empty.',
);

/** A flag that may be repeated. Default: an empty list. */
export function repeatedFlag<T>(each: Flag<T>): Flag<readonly T[]> {
  return createFlag((given) => (Array.isArray(given) ? given.map((one) => each.read(one)) : []));
}

/** A switch. `--no-...` turns off one that is on by default. */
export function toggleFlag(isOn: boolean): Flag<boolean> {
  return createFlag((given) => (typeof given === 'boolean' ? given : isOn));
}

/** One of a few words. */
export function wordFlag<const T extends readonly string[]>(
  values: T,
  message: (given: unknown) => string,
): Flag<T[number]> {
  return createFlag((given) => {
    const found = values.find((value) => value === given);
    if (found === undefined) throw new RearviewError('ERR_USAGE', message(given));
    return found;
  });
}

/** Flags by their names in camel case. */
export function flagSet<S extends FlagShape>(shape: S): FlagSet<S> {
  return createSet(shape, (given) => readAll(shape, given));
}

function createSet<S extends FlagShape>(shape: S, read: FlagSet<S>['read']): FlagSet<S> {
  return {
    shape,
    read,
    check: (isRight, message) =>
      createSet(shape, (given) => {
        const values = read(given);
        if (!isRight(values)) throw new RearviewError('ERR_USAGE', message);
        return values;
      }),
  };
}

function readAll<S extends FlagShape>(shape: S, given: Readonly<Record<string, unknown>>): FlagValues<S> {
  const problems: string[] = [];
  const values = Object.entries(shape).map(([name, flag]) => {
    try {
      return [name, flag.read(given[name])] as const;
    } catch (error) {
      problems.push(`--${kebab(name)}: ${messageOf(error)}`);
      return [name, undefined] as const;
    }
  });
  if (problems.length > 0) throw new RearviewError('ERR_USAGE', problems);
  // Each name has the value that its own flag has read.
  return Object.fromEntries(values) as FlagValues<S>;
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
