import type { Route } from './route.ts';
import { createCheckRun } from './routes/create-check-run.ts';
import { createComment } from './routes/create-comment.ts';
import { deleteComment } from './routes/delete-comment.ts';
import { downloadArtifact } from './routes/download-artifact.ts';
import { getPull } from './routes/get-pull.ts';
import { getRun } from './routes/get-run.ts';
import { getUser } from './routes/get-user.ts';
import { listCheckRuns } from './routes/list-check-runs.ts';
import { listComments } from './routes/list-comments.ts';
import { listCommitPulls } from './routes/list-commit-pulls.ts';
import { listPullFiles } from './routes/list-pull-files.ts';
import { listPulls } from './routes/list-pulls.ts';
import { listRepositoryComments } from './routes/list-repository-comments.ts';
import { listRunArtifacts } from './routes/list-run-artifacts.ts';
import { updateCheckRun } from './routes/update-check-run.ts';
import { updateComment } from './routes/update-comment.ts';

/** All that the server answers. */
export const routes: readonly Route[] = [
  ...[listComments, listRepositoryComments, createComment, updateComment, deleteComment],
  ...[listCheckRuns, createCheckRun, updateCheckRun],
  ...[listPulls, getPull, listPullFiles, listCommitPulls],
  ...[listRunArtifacts, downloadArtifact, getRun],
  getUser,
];
