/** What a check of rules is made of, or held against: folders end in `/`. */
const parts: readonly string[] = [
  ...['.github/', '.ci/', 'src/', 'node_modules/', 'package.json', 'package-lock.json', 'npm-shrinkwrap.json'],
  ...['.npmrc', '.node-version', '.nvmrc', 'tsconfig.json', 'rearview.yaml'],
];

/**
 * Those of the changed files that the checks themselves are made of: what they then say was said by changed code.
 * @param exceptions the file with the exceptions of the goodware gate, as the configuration has it
 */
export function ownChecks(paths: readonly string[], exceptions: string): readonly string[] {
  const all = [...parts, exceptions.replace(/^\.\//, '')];
  const folded = all.map(fold);
  return paths.filter((path) =>
    folded.some((part) => (part.endsWith('/') ? fold(path).startsWith(part) : fold(path) === part)),
  );
}

/** macOS and Windows put `SRC/cli/main.ts` where `src/cli/main.ts` is, whichever letters Unicode holds for the same. */
function fold(path: string): string {
  return path.normalize('NFKC').toLowerCase();
}
