import test from 'ava';
import { startGithub } from '../../testing/github/github-server.ts';
import { addComment } from '../../testing/github/github-state.ts';
import { testClient } from '../../testing/github/test-client.ts';
import { listComments } from './list-comments.ts';

test("Rearview's comments of a kind are listed from the whole repository, with the data of their markers", async (t) => {
  const github = await startGithub(t, { maxPerPage: 2 });
  const body = '<!-- rearview:report scan=retro-1 -->\nBegun.';
  const us = 'github-actions[bot]';
  addComment(github.state, 1, us, body);
  const since = github.state.now();
  addComment(github.state, 2, us, body);
  addComment(github.state, 2, us, '<!-- rearview:review run=1 -->\nReview.');
  addComment(github.state, 3, 'mallory', body);
  addComment(github.state, 4, us, body);
  const found = await listComments(testClient(github), { kind: 'report', since });
  t.deepEqual(
    found.map(({ pull, values }) => [pull, values['scan']]),
    [
      [2, 'retro-1'],
      [4, 'retro-1'],
    ],
  );
});
