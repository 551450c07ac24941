import type { CodeHost } from '../../ports/code-host.ts';
import { readArtifacts } from './artifacts.ts';
import { branchTip, defaultBranch, putBranch, readCommit } from './branches.ts';
import { maxCheckSummaryLength, upsertCheckRun } from './check-runs.ts';
import { hasComment, maxCommentLength, upsertComment } from './comments.ts';
import type { GithubClient } from './github-client.ts';
import { listComments } from './list-comments.ts';
import { openPull, pullsOfBranch, updatePull } from './own-pulls.ts';
import { basesOfRun } from './pull-bases.ts';
import { pullFiles, pullsOfCommit, pullsOfRun } from './pulls.ts';
import { readFileAt } from './read-file.ts';
import { fetchRun } from './workflow-runs.ts';

/** The repository of a client as a code host. Each function names the permission that it needs. */
export function createGithubCodeHost(client: GithubClient): CodeHost {
  return {
    maxCommentLength,
    maxCheckSummaryLength,
    fetchRun: (id) => fetchRun(client, id),
    readArtifacts: (request) => readArtifacts(client, request),
    pullsOfRun: (run) => pullsOfRun(client, run),
    basesOfRun: (run) => basesOfRun(client, run),
    pullFiles: (number) => pullFiles(client, number),
    pullsOfCommit: (sha) => pullsOfCommit(client, sha),
    upsertComment: (request) => upsertComment(client, request),
    hasComment: (pull, kind) => hasComment(client, pull, kind),
    listComments: (options) => listComments(client, options),
    upsertCheckRun: (request) => upsertCheckRun(client, request),
    defaultBranch: () => defaultBranch(client),
    branchTip: (branch) => branchTip(client, branch),
    commit: (sha) => readCommit(client, sha),
    readFile: (path, commit) => readFileAt(client, path, commit),
    putBranch: (change) => putBranch(client, change),
    pullsOfBranch: (branch) => pullsOfBranch(client, branch),
    openPull: (pull) => openPull(client, pull),
    updatePull: (pull, body) => updatePull(client, pull, body),
  };
}
