/**
 * Which of the sections that were to be there are not. `goodware` stands for the goodware of any place, `goodware-linux` for that of one.
 * @param reported names of artifacts without their prefix
 */
export function missingSections(expected: readonly string[], reported: readonly string[]): readonly string[] {
  return expected.filter((name) => !reported.some((each) => each === name || each.startsWith(`${name}-`)));
}
