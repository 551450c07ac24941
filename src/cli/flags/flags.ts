import { type Flag, repeatedFlag, textFlag, toggleFlag, wordFlag } from './flag.ts';
import { parseDuration } from './parse-duration.ts';
import { parseTime } from './parse-time.ts';

/** A switch. */
export const switchFlag = toggleFlag(false);

/** A switch that `--no-...` turns off. */
export const onFlag = toggleFlag(true);

/** Texts of a flag that may be repeated. */
export const textsFlag = repeatedFlag(textFlag);

/** A moment; durations count back from now. ISO 8601 in UTC. */
export const timeFlag = textFlag.transform((text) => parseTime(text, Date.now()));

/** A whole number of at least 1. */
export const countFlag = matching(
  /^[1-9]\d{0,8}$/,
  (text) => `Invalid number "${text}": use a whole number of at least 1.`,
).transform(Number);

/** A duration with a unit, in milliseconds. */
export const durationFlag = textFlag.transform(parseDuration);

/** A share above 0, at most 1. */
export const shareFlag = textFlag
  .check(
    (text) => /^\d*\.?\d+$/.test(text) && Number(text) > 0 && Number(text) <= 1,
    (text) => `Invalid share "${text}": use a number above 0 and at most 1, for example 0.1.`,
  )
  .transform(Number);

/** One of a few words. */
export function choiceFlag<const T extends readonly string[]>(values: T): Flag<T[number]> {
  return wordFlag(values, (given) => `Unknown value "${String(given)}": use one of ${values.join(', ')}.`);
}

/** Values with commas between them. */
export function listFlag<const T extends readonly string[]>(values: T): Flag<readonly T[number][]> {
  return listed(choiceFlag(values));
}

/** Texts with commas between them. */
export function listed<T>(each: Flag<T>): Flag<readonly T[]> {
  return textFlag.transform((text) => text.split(',').map((one) => each.read(one.trim())));
}

/** A text of a form. */
export function matching(form: RegExp, message: (text: string) => string): Flag<string> {
  return textFlag.check((text) => form.test(text), message);
}

/** A SHA-256 in hexadecimal; lower case afterwards. */
export const sha256Flag = matching(
  /^[0-9a-f]{64}$/i,
  (text) => `Invalid SHA-256 "${text}": use 64 hexadecimal digits.`,
).transform((text) => text.toLowerCase());

/** The first 8 to 64 digits of a SHA-256; lower case afterwards. */
export const sha256StartFlag = matching(
  /^[0-9a-f]{8,64}$/i,
  (text) => `Invalid SHA-256 "${text}": use 8 to 64 hexadecimal digits.`,
).transform((text) => text.toLowerCase());
