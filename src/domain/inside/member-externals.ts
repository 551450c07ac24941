import { type Externals, externalsOf } from '../rulesets/externals.ts';
import type { Place } from './inside.ts';

/** The member's own name, and the path of the file with the path to the member. */
export function externalsOfMember(file: Externals, place: Place): Externals {
  const own = externalsOf(place.at(-1) ?? '');
  const { variables } = file;
  const filepath = [file.filepath, ...place].join('/');
  return { ...own, filepath, ...(variables === undefined ? {} : { variables }) };
}
