/** Test files that run in one process. */
export interface Group {
  /** The folder that all of them are in, or below. */
  readonly folder: string;
  /** Their paths, sorted. */
  readonly files: readonly string[];
}

/**
 * Divides test files into groups: the files of one folder, with small folders below it, belong
 * together, because they load the same modules. Each folder has one group at most.
 *
 * @param mostFiles - how many files of folders below are added to a group, its own included
 */
export function groupFiles(paths: readonly string[], mostFiles: number): readonly Group[] {
  const roots = Map.groupBy(paths.toSorted(), (path) => path.slice(0, path.indexOf('/')));
  return [...roots].flatMap(([folder, files]) => groupsOf(folder, files, mostFiles));
}

function groupsOf(folder: string, paths: readonly string[], mostFiles: number): readonly Group[] {
  if (paths.length <= mostFiles) return [{ folder, files: paths }];
  const start = folder.length + 1;
  const isBelow = (path: string) => path.includes('/', start);
  const below = Map.groupBy(paths.filter(isBelow), (path) => path.slice(0, path.indexOf('/', start)));
  const files = paths.filter((path) => !isBelow(path));
  const groups: Group[] = [];
  for (const [each, content] of [...below].toSorted((a, b) => a[1].length - b[1].length)) {
    if (files.length + content.length <= mostFiles) files.push(...content);
    else groups.push(...groupsOf(each, content, mostFiles));
  }
  return files.length === 0 ? groups : [{ folder, files: files.toSorted() }, ...groups];
}
