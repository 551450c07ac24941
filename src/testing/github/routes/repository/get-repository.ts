import { gitOf } from '../../git-store.ts';
import { userPayload } from '../../payloads.ts';
import type { Route } from '../../route.ts';

/** https://docs.github.com/rest/repos/repos#get-a-repository */
export const getRepository: Route = {
  operationId: 'repos/get',
  permission: null,
  answer(_request, state) {
    const { owner, name } = state.repository;
    const { defaultBranch } = gitOf(state);
    return {
      status: 200,
      body: {
        name,
        full_name: `${owner}/${name}`,
        owner: userPayload(owner),
        default_branch: defaultBranch,
        license: null,
      },
    };
  },
};
