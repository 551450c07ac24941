import * as z from 'zod';
import { gitOf, shaOf } from '../../git-store.ts';
import type { Route } from '../../route.ts';

const bodySchema = z.object({ content: z.string(), encoding: z.literal('base64') });

/** https://docs.github.com/rest/git/blobs#create-a-blob. Bytes are kept as `latin1` text. */
export const createBlob: Route = {
  operationId: 'git/create-blob',
  permission: 'contents: write',
  answer({ body, url }, state) {
    const content = Buffer.from(bodySchema.parse(body).content, 'base64').toString('latin1');
    const sha = shaOf(content);
    gitOf(state).blobs.set(sha, content);
    return { status: 201, body: { sha, url: `${url}/git/blobs/${sha}` } };
  },
};
