import type { Route } from '../../route.ts';

/** https://docs.github.com/rest/pulls/pulls#list-pull-requests-files */
export const listPullFiles: Route = {
  operationId: 'pulls/list-files',
  permission: 'pull-requests: read',
  paged: true,
  answer({ path }, state) {
    const pull = state.pulls.find(({ number }) => number === Number(path['pull_number']));
    const files = (pull?.files ?? [])
      .slice(0, 3000)
      .map((file) =>
        typeof file === 'string'
          ? { filename: file, status: 'modified', sha: 'c'.repeat(40) }
          : { filename: file.to, previous_filename: file.from, status: 'renamed', sha: 'c'.repeat(40) },
      );
    return { status: 200, body: files };
  },
};
