import { reportedMatchesPerPattern } from '../domain/scans/match.ts';
import type { MissingString, TestedInside, TestFailure } from './results.ts';
import type { ExpectedString } from './spec.ts';

/** Maximum number of positions of a pattern shown next to an expected one. */
const maxShown = 5;

/**
 * Describes a failure in lines of text: `-` was expected and is missing, `+` is present and was not
 * expected.
 */
export function describeFailure(failure: TestFailure): string[] {
  if (failure.error !== undefined) return [failure.error];
  return [
    ...failure.missing.map((rule) => `- ${rule} should match and does not`),
    ...failure.unexpected.map((rule) => `+ ${rule} matches and should not`),
    ...failure.missingStrings.flatMap(describeString),
    ...(failure.inside === undefined ? [] : describeInside(failure.inside)),
  ];
}

function describeInside({ places, total, matched }: TestedInside): string[] {
  if (total === 0) return ['  the sample has no members that can be opened'];
  const rest = total > places.length ? [`    … and ${total - places.length} more`] : [];
  const of = (place: string) => matched.filter((each) => each.places.includes(place)).map(({ rule }) => rule);
  return [
    `  members of the sample: ${total}`,
    ...places.map((place) => `    ${place}${of(place).length === 0 ? '' : ` (${of(place).join(', ')})`}`),
    ...rest,
  ];
}

function describeString({ rule, expected, actual }: MissingString): string[] {
  const shown = actual.slice(0, maxShown).map((each) => `+ ${rule}: ${place(each)}`);
  const rest = actual.length > maxShown ? [`+ … and ${actual.length - maxShown} more`] : [];
  const first =
    actual.length < reportedMatchesPerPattern
      ? []
      : [`+ only the first ${reportedMatchesPerPattern} matches of a string are compared: expect one of these`];
  const none = actual.length === 0 ? [`+ ${rule}: ${expected.identifier} does not match`] : [];
  return [`- ${rule}: ${place(expected)}`, ...shown, ...rest, ...first, ...none];
}

function place({ identifier, offset, length, data }: ExpectedString): string {
  return [
    identifier,
    ...(offset === undefined ? [] : [`at ${offset}`]),
    ...(length === undefined ? [] : [`of ${length} bytes`]),
    ...(data === undefined ? [] : [`"${data}"`]),
  ].join(' ');
}
