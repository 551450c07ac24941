import { filesAt, gitOf, shaOf } from '../../git-store.ts';
import { notFound, type Route } from '../../route.ts';

/** The size in bytes above which the content is omitted. */
const maxShownBytes = 1024 * 1024;

/** https://docs.github.com/rest/repos/contents#get-repository-content: only files. */
export const getContent: Route = {
  operationId: 'repos/get-content',
  permission: 'contents: read',
  answer({ path, query, url }, state) {
    const git = gitOf(state);
    const file = path['path'] ?? '';
    const content = filesAt(git, query.get('ref') ?? git.defaultBranch)?.[file];
    if (content === undefined) return notFound;
    const bytes = Buffer.from(content);
    const isShown = bytes.length <= maxShownBytes;
    const self = `${url}/contents/${encodeURIComponent(file)}`;
    // In lines of 60 characters, as GitHub writes it.
    const lines = bytes.toString('base64').replace(/.{60}/g, '$&\n');
    const shown = { content: isShown ? lines : '', encoding: isShown ? 'base64' : 'none' };
    return {
      status: 200,
      body: {
        ...{
          type: 'file',
          ...shown,
          size: bytes.length,
          name: file.split('/').at(-1),
          path: file,
          sha: shaOf(content),
        },
        ...{ url: self, git_url: self, html_url: self, download_url: self, _links: { self, git: self, html: self } },
      },
    };
  },
};
