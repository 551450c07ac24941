import test from 'ava';
import { codeHostContract } from '../../ports/code-host.contract.ts';
import { addArtifact } from '../../testing/github/add-artifact.ts';
import { filesAt, gitOf, pushFiles } from '../../testing/github/git-store.ts';
import { startGithub } from '../../testing/github/github-server.ts';
import { addComment, addPull, closePull } from '../../testing/github/github-state.ts';
import { testClient } from '../../testing/github/test-client.ts';
import { workflowRun } from '../../testing/github/workflow-run-event.ts';
import { createGithubCodeHost } from './code-host.ts';

codeHostContract(test, async (t) => {
  const github = await startGithub(t);
  const { state } = github;
  pushFiles(state, { 'rules/a.yar': 'rule a' });
  const pullOf = (number: number) => {
    const pull = state.pulls.find((each) => each.number === number);
    if (pull === undefined) throw new Error(`There is no pull request #${number}.`);
    return pull;
  };
  return {
    host: createGithubCodeHost(testClient(github)),
    openPull: ({ number, branch, headSha }) =>
      void addPull(state, { number, headBranch: branch, headSha, files: ['rules/a.yar'] }),
    merge(number, commit) {
      const pull = pullOf(number);
      closePull(state, pull);
      Object.assign(pull, { mergedAt: pull.closedAt, commits: [commit] });
    },
    close: (number) => closePull(state, pullOf(number)),
    comment: (pull, body) => void addComment(state, pull, 'mallory', body),
    async run({ id, number, pull }, artifacts) {
      const { headSha, headBranch } = pullOf(pull);
      const run = workflowRun({ id, number, headSha, headBranch, pulls: [pull] });
      state.more('runs', () => new Map<number, unknown>()).set(id, run);
      for (const [name, content] of Object.entries(artifacts)) await addArtifact(state, id, name, content);
    },
    checkRuns: (sha) =>
      state.checkRuns
        .filter(({ headSha }) => headSha === sha)
        .map(({ content }) => {
          const output = content['output'];
          const title = typeof output === 'object' && output !== null && 'title' in output ? output.title : undefined;
          return [content['conclusion'], title] as const;
        }),
    fileOn: (branch, path) => filesAt(gitOf(state), branch)?.[path],
  };
});
