import * as z from 'zod';
import { gitOf, shaOf, storeTree } from '../../git-store.ts';
import { notFound, type Route } from '../../route.ts';

const bodySchema = z.object({
  base_tree: z.string().optional(),
  tree: z.array(z.object({ path: z.string(), content: z.string().optional(), sha: z.string().nullable().optional() })),
});

/**
 * https://docs.github.com/rest/git/trees#create-a-tree: with contents or blobs; a null SHA deletes
 * the file.
 */
export const createTree: Route = {
  operationId: 'git/create-tree',
  permission: 'contents: write',
  answer({ body, url }, state) {
    const git = gitOf(state);
    const { base_tree: base, tree } = bodySchema.parse(body);
    const before = base === undefined ? {} : git.trees.get(base);
    if (before === undefined) return notFound;
    const files = new Map(Object.entries(before));
    for (const { path, content, sha } of tree) {
      if (sha === null && !files.delete(path)) return { status: 422, body: { message: 'GitRPC::BadObjectState' } };
      const stored = content ?? (typeof sha === 'string' ? git.blobs.get(sha) : undefined);
      if (stored === undefined && sha !== null) return { status: 422, body: { message: 'GitRPC::BadObjectState' } };
      if (stored !== undefined) files.set(path, stored);
    }
    const sha = storeTree(git, Object.fromEntries(files));
    const entries = [...files].map(([path, content]) => ({ path, mode: '100644', type: 'blob', sha: shaOf(content) }));
    return { status: 201, body: { sha, url: `${url}/git/trees/${sha}`, truncated: false, tree: entries } };
  },
};
