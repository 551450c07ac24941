/** Paths that a review of rules covers. `.github/workflows/rules.yml` checks the same paths. */
export const reviewedPaths: readonly string[] = ['rules', 'rule-tests', 'rearview.yaml'];

/** True if a changed file is a rule, a test of a rule, or the configuration of the gates. */
export function touchesRules(paths: readonly string[]): boolean {
  return paths.some((path) => reviewedPaths.some((part) => path === part || path.startsWith(`${part}/`)));
}
