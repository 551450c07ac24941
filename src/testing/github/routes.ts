import type { Route } from './route.ts';
import { createCheckRun } from './routes/create-check-run.ts';
import { createComment } from './routes/create-comment.ts';
import { createCommit } from './routes/create-commit.ts';
import { createPull } from './routes/create-pull.ts';
import { createRef } from './routes/create-ref.ts';
import { createTree } from './routes/create-tree.ts';
import { deleteComment } from './routes/delete-comment.ts';
import { downloadArtifact } from './routes/download-artifact.ts';
import { getCommit } from './routes/get-commit.ts';
import { getContent } from './routes/get-content.ts';
import { getPull } from './routes/get-pull.ts';
import { getRef } from './routes/get-ref.ts';
import { getRepository } from './routes/get-repository.ts';
import { getRun } from './routes/get-run.ts';
import { getUser } from './routes/get-user.ts';
import { listCheckRuns } from './routes/list-check-runs.ts';
import { listComments } from './routes/list-comments.ts';
import { listCommitPulls } from './routes/list-commit-pulls.ts';
import { listIssueEvents } from './routes/list-issue-events.ts';
import { listPullFiles } from './routes/list-pull-files.ts';
import { listPulls } from './routes/list-pulls.ts';
import { listRepositoryComments } from './routes/list-repository-comments.ts';
import { listRunArtifacts } from './routes/list-run-artifacts.ts';
import { listWorkflowRuns } from './routes/list-workflow-runs.ts';
import { updateCheckRun } from './routes/update-check-run.ts';
import { updateComment } from './routes/update-comment.ts';
import { updatePull } from './routes/update-pull.ts';
import { updateRef } from './routes/update-ref.ts';

/** All routes of the server. */
export const routes: readonly Route[] = [
  ...[listComments, listRepositoryComments, createComment, updateComment, deleteComment],
  ...[listCheckRuns, createCheckRun, updateCheckRun],
  ...[listPulls, getPull, createPull, updatePull, listPullFiles, listCommitPulls, listIssueEvents],
  ...[listRunArtifacts, downloadArtifact, getRun, listWorkflowRuns],
  ...[getRepository, getRef, createRef, updateRef, getCommit, createCommit, createTree, getContent],
  getUser,
];
