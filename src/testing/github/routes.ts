import type { Route } from './route.ts';
import { createCheckRun } from './routes/pull-requests/create-check-run.ts';
import { createComment } from './routes/pull-requests/create-comment.ts';
import { createPull } from './routes/pull-requests/create-pull.ts';
import { deleteComment } from './routes/pull-requests/delete-comment.ts';
import { getPull } from './routes/pull-requests/get-pull.ts';
import { listCheckRuns } from './routes/pull-requests/list-check-runs.ts';
import { listComments } from './routes/pull-requests/list-comments.ts';
import { listCommitPulls } from './routes/pull-requests/list-commit-pulls.ts';
import { listIssueEvents } from './routes/pull-requests/list-issue-events.ts';
import { listPullFiles } from './routes/pull-requests/list-pull-files.ts';
import { listPulls } from './routes/pull-requests/list-pulls.ts';
import { listRepositoryComments } from './routes/pull-requests/list-repository-comments.ts';
import { updateCheckRun } from './routes/pull-requests/update-check-run.ts';
import { updateComment } from './routes/pull-requests/update-comment.ts';
import { updatePull } from './routes/pull-requests/update-pull.ts';
import { createBlob } from './routes/repository/create-blob.ts';
import { createCommit } from './routes/repository/create-commit.ts';
import { createRef } from './routes/repository/create-ref.ts';
import { createTree } from './routes/repository/create-tree.ts';
import { downloadArtifact } from './routes/repository/download-artifact.ts';
import { getCommit } from './routes/repository/get-commit.ts';
import { getContent } from './routes/repository/get-content.ts';
import { getRef } from './routes/repository/get-ref.ts';
import { getRepository } from './routes/repository/get-repository.ts';
import { getRun } from './routes/repository/get-run.ts';
import { getUser } from './routes/repository/get-user.ts';
import { listRunArtifacts } from './routes/repository/list-run-artifacts.ts';
import { listWorkflowRuns } from './routes/repository/list-workflow-runs.ts';
import { updateRef } from './routes/repository/update-ref.ts';

/** All routes of the server. */
export const routes: readonly Route[] = [
  ...[listComments, listRepositoryComments, createComment, updateComment, deleteComment],
  ...[listCheckRuns, createCheckRun, updateCheckRun],
  ...[listPulls, getPull, createPull, updatePull, listPullFiles, listCommitPulls, listIssueEvents],
  ...[listRunArtifacts, downloadArtifact, getRun, listWorkflowRuns],
  ...[getRepository, getRef, createRef, updateRef, getCommit, createCommit, createBlob, createTree, getContent],
  getUser,
];
