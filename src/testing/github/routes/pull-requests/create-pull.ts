import { gitOf } from '../../git-store.ts';
import { addPull } from '../../github-state.ts';
import { pullPayload } from '../../payloads.ts';
import { type Route, textOf } from '../../route.ts';

/**
 * https://docs.github.com/rest/pulls/pulls#create-a-pull-request: only from branches of the
 * repository.
 */
export const createPull: Route = {
  operationId: 'pulls/create',
  permission: 'pull-requests: write',
  answer({ body, login }, state) {
    const git = gitOf(state);
    const [headBranch, baseBranch, text] = [textOf(body, 'head'), textOf(body, 'base'), textOf(body, 'body')];
    const [headSha, baseSha] = [git.branches.get(headBranch), git.branches.get(baseBranch)];
    const refuse = (message: string) => ({ status: 422, body: { message: `Validation Failed: ${message}` } });
    if (state.more('settings', () => ({ mayOpenPulls: true })).mayOpenPulls === false && login.endsWith('[bot]')) {
      return { status: 403, body: { message: 'GitHub Actions is not permitted to create or approve pull requests.' } };
    }
    if (headSha === undefined || baseSha === undefined) return refuse('head or base is invalid');
    if (headSha === baseSha) return refuse(`No commits between ${baseBranch} and ${headBranch}`);
    if (text.length > 65_536) return refuse('body is too long (maximum is 65536 characters)');
    if (
      state.pulls.some(
        (pull) => pull.state === 'open' && pull.headBranch === headBranch && pull.baseBranch === baseBranch,
      )
    ) {
      return refuse(`A pull request already exists for ${state.repository.owner}:${headBranch}.`);
    }
    const pull = addPull(state, {
      ...{ number: state.nextId(), headBranch, baseBranch, headSha, baseSha, login },
      ...{ title: textOf(body, 'title'), body: text },
    });
    return { status: 201, body: pullPayload(pull, state) };
  },
};
