/** What a review of rules is of, as `.github/workflows/rules.yml` asks Git as well. */
export const reviewedPaths: readonly string[] = ['rules', 'rule-tests', 'rearview.yaml'];

/** Whether one of the changed files is a rule, a test of one, or what rules are held against. */
export function touchesRules(paths: readonly string[]): boolean {
  return paths.some((path) => reviewedPaths.some((part) => path === part || path.startsWith(`${part}/`)));
}
