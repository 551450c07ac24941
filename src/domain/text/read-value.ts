import { mustBe } from './plain-issues.ts';

/*
 * Checks values that this program has stored itself and reads in every list: a general schema
 * library takes longer to load than such a list takes to print. What comes from outside is checked
 * with zod.
 */

/**
 * Returns the value, checked, without fields that are not known.
 * @param path where it is, for the message
 * @throws ValueError
 */
export type Read<T> = (value: unknown, path: readonly string[]) => T;

/** A value that does not have the expected form; the message says where and what. */
export class ValueError extends Error {
  override readonly name = 'ValueError';
}

const fail = (message: string, path: readonly string[]): never => {
  throw new ValueError(path.length === 0 ? message : `${path.join('.')} ${message}`);
};

function readType<T>(type: 'string' | 'number' | 'boolean', what: string): Read<T> {
  return (value, path) => {
    if (value === undefined) return fail('is missing', path);
    // `typeof` has shown that it is of this type.
    return typeof value === type ? (value as T) : fail(mustBe(what, value), path);
  };
}

export const readText = readType<string>('string', 'a text');
export const readNumber = readType<number>('number', 'a number');
export const readBoolean = readType<boolean>('boolean', 'true or false');

/** One of some texts or other constants. */
export function readOneOf<const T extends string | number | boolean>(values: readonly T[]): Read<T> {
  return (value, path) => {
    const found = values.find((each) => each === value);
    return found ?? fail(mustBe(`one of ${values.join(', ')}`, value), path);
  };
}

/** What the first of some readers accepts. */
export function readEither<T>(...readers: readonly Read<T>[]): Read<T> {
  return (value, path) => {
    for (const read of readers) {
      try {
        return read(value, path);
      } catch (error) {
        if (!(error instanceof ValueError)) throw error;
      }
    }
    return fail(mustBe('one of the accepted forms', value), path);
  };
}

export function readList<T>(each: Read<T>): Read<readonly T[]> {
  return (value, path) =>
    Array.isArray(value)
      ? value.map((one, index) => each(one, [...path, String(index)]))
      : fail(mustBe('a list', value), path);
}

/** A field that may be absent. */
interface Absent<T> {
  readonly absent: Read<T>;
}

export function maybe<T>(read: Read<T>): Absent<T> {
  return { absent: read };
}

type Shape = Readonly<Record<string, Read<unknown> | Absent<unknown>>>;
type Simple<T> = { readonly [Name in keyof T]: T[Name] };
type ValueOf<S extends Shape> = Simple<
  {
    readonly [Name in keyof S as S[Name] extends Read<unknown> ? Name : never]: S[Name] extends Read<infer T>
      ? T
      : never;
  } & {
    readonly [Name in keyof S as S[Name] extends Read<unknown> ? never : Name]?: S[Name] extends Absent<infer T>
      ? T
      : never;
  }
>;

export function readObject<S extends Shape>(shape: S): Read<ValueOf<S>> {
  const fields = Object.entries(shape);
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return fail(mustBe('an object', value), path);
    const given = new Map<string, unknown>(Object.entries(value));
    const known = fields.flatMap(([name, field]): readonly (readonly [string, unknown])[] => {
      const each = given.get(name);
      if (typeof field === 'function') return [[name, field(each, [...path, name])]];
      return given.has(name) ? [[name, field.absent(each, [...path, name])]] : [];
    });
    // Each name has what its own reader has returned.
    return Object.fromEntries(known) as ValueOf<S>;
  };
}

/** An object that has some of these names. */
export function readSome<const N extends string, T>(
  names: readonly N[],
  each: Read<T>,
): Read<{ readonly [Name in N]?: T }> {
  const name = readOneOf(names);
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return fail(mustBe('an object', value), path);
    const entries = Object.entries(value).map(([key, one]) => [name(key, path), each(one, [...path, key])]);
    return Object.fromEntries(entries) as { readonly [Name in N]?: T };
  };
}
