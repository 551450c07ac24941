/**
 * The expected sections that are missing. `goodware` is the goodware of any place, `goodware-linux`
 * of one.
 * @param reported names of artifacts without their prefix
 */
export function missingSections(expected: readonly string[], reported: readonly string[]): readonly string[] {
  return expected.filter((name) => !reported.some((each) => each === name || each.startsWith(`${name}-`)));
}
