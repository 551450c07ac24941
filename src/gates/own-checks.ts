/**
 * Paths of the code and reference data of the checks, in CODEOWNERS notation. A leading `/` means
 * the root of the repository, otherwise a file of that name in any folder; folders end in `/`. The
 * example in .github/CODEOWNERS has the same paths.
 */
export const ownCheckPaths: readonly string[] = [
  ...['/.github/', '/.ci/', '/src/', '/node_modules/', '/package.json', '/package-lock.json', '/npm-shrinkwrap.json'],
  ...['/.npmrc', '/.node-version', '/.nvmrc', '/tsconfig.json', '/rearview.yaml'],
  // They affect which bytes a checkout has, and which changes a reviewer sees.
  '.gitattributes',
];

/**
 * Returns the changed files that belong to the checks themselves: their results then come from
 * changed code.
 * @param exceptions the file with the exceptions of the goodware gate, as configured
 */
export function ownChecks(paths: readonly string[], exceptions: string): readonly string[] {
  const own = [...ownCheckPaths, `/${exceptions.replace(/^\.\//, '')}`].map(fold);
  return paths.filter((path) => {
    const folded = `/${fold(path)}`;
    return own.some((part) => {
      if (part.endsWith('/')) return folded.startsWith(part);
      return part.startsWith('/') ? folded === part : folded.endsWith(`/${part}`);
    });
  });
}

/**
 * macOS and Windows store `SRC/cli/main.ts` in the place of `src/cli/main.ts`, with any equivalent
 * Unicode letters.
 */
function fold(path: string): string {
  return path.normalize('NFKC').toLowerCase();
}
