import * as z from 'zod';
import { gitOf, storeCommit } from '../../git-store.ts';
import { commitPayload } from '../../payloads.ts';
import type { Route } from '../../route.ts';

const bodySchema = z.object({ message: z.string(), tree: z.string(), parents: z.array(z.string()).default([]) });

/** https://docs.github.com/rest/git/commits#create-a-commit */
export const createCommit: Route = {
  operationId: 'git/create-commit',
  permission: 'contents: write',
  answer({ body }, state) {
    const git = gitOf(state);
    const commit = bodySchema.parse(body);
    const isKnown = git.trees.has(commit.tree) && commit.parents.every((parent) => git.commits.has(parent));
    if (!isKnown) return { status: 422, body: { message: 'Tree SHA does not exist' } };
    return { status: 201, body: commitPayload(storeCommit(git, commit), commit) };
  },
};
