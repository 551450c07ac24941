import { gitOf } from '../../git-store.ts';
import { refPayload } from '../../payloads.ts';
import { notFound, type Route } from '../../route.ts';

/** https://docs.github.com/rest/git/refs#get-a-reference */
export const getRef: Route = {
  operationId: 'git/get-ref',
  permission: 'contents: read',
  answer({ path }, state) {
    const ref = path['ref'] ?? '';
    const sha = gitOf(state).branches.get(ref.replace(/^heads\//, ''));
    return sha === undefined || !ref.startsWith('heads/')
      ? notFound
      : { status: 200, body: refPayload(`refs/${ref}`, sha) };
  },
};
