import { gitOf } from '../../git-store.ts';
import { refPayload } from '../../payloads.ts';
import { type Route, textOf } from '../../route.ts';

/** https://docs.github.com/rest/git/refs#create-a-reference */
export const createRef: Route = {
  operationId: 'git/create-ref',
  permission: 'contents: write',
  answer({ body }, state) {
    const { branches, commits } = gitOf(state);
    const [ref, sha] = [textOf(body, 'ref'), textOf(body, 'sha')];
    const branch = ref.replace(/^refs\/heads\//, '');
    if (!ref.startsWith('refs/heads/') || !commits.has(sha))
      return { status: 422, body: { message: 'Object does not exist' } };
    if (branches.has(branch)) return { status: 422, body: { message: 'Reference already exists' } };
    branches.set(branch, sha);
    return { status: 201, body: refPayload(ref, sha) };
  },
};
