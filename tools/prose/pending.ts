/** Pages that are checked only once they were rewritten. */
export const pendingPages: ReadonlySet<string> = new Set([
  'docs/decisions/0001-layout.md',
  'docs/decisions/0014-pull-requests.md',
  'rules/README.md',
]);
