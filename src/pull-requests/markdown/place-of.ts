import { code, type Html } from './html.ts';

/** A place in a file, as editors write it: `rules/a.yar:3:7`. Nothing where there is no line. */
export function placeOf(place: { readonly file: string; readonly line: number; readonly column: number }): Html {
  const { file, line, column } = place;
  const numbers = [line, column].slice(0, line === 0 ? 0 : column === 0 ? 1 : 2);
  return code([file, ...numbers].join(':'));
}
