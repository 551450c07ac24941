/**
 * The paths that a check of rules is made of, or held against, as CODEOWNERS has them: from the root of the repository with `/` at the beginning, else a
 * file of that name in any folder; folders end in `/`. The example in .github/CODEOWNERS has the same.
 */
export const ownCheckPaths: readonly string[] = [
  ...['/.github/', '/.ci/', '/src/', '/node_modules/', '/package.json', '/package-lock.json', '/npm-shrinkwrap.json'],
  ...['/.npmrc', '/.node-version', '/.nvmrc', '/tsconfig.json', '/rearview.yaml'],
  // They decide which bytes a checkout has, and which changes a reviewer is shown.
  '.gitattributes',
];

/**
 * Those of the changed files that the checks themselves are made of: what they then say was said by changed code.
 * @param exceptions the file with the exceptions of the goodware gate, as the configuration has it
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

/** macOS and Windows put `SRC/cli/main.ts` where `src/cli/main.ts` is, whichever letters Unicode holds for the same. */
function fold(path: string): string {
  return path.normalize('NFKC').toLowerCase();
}
