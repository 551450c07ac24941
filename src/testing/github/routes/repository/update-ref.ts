import { gitOf } from '../../git-store.ts';
import { refPayload } from '../../payloads.ts';
import { type Route, textOf } from '../../route.ts';

/** https://docs.github.com/rest/git/refs#update-a-reference */
export const updateRef: Route = {
  operationId: 'git/update-ref',
  permission: 'contents: write',
  answer({ path, body }, state) {
    const { branches, commits } = gitOf(state);
    const [ref, sha] = [path['ref'] ?? '', textOf(body, 'sha')];
    const branch = ref.replace(/^heads\//, '');
    const before = branches.get(branch);
    if (before === undefined || !commits.has(sha))
      return { status: 422, body: { message: 'Reference does not exist' } };
    const isForward = commits.get(sha)?.parents.includes(before) === true;
    if (!isForward && body['force'] !== true) return { status: 422, body: { message: 'Update is not a fast forward' } };
    branches.set(branch, sha);
    return { status: 200, body: refPayload(`refs/${ref}`, sha) };
  },
};
