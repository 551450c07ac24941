import { createS3ObjectRemover } from '../../adapters/aws/s3/s3-object-remover.ts';
import { openSnsAlertWatch } from '../../adapters/aws/sns/sns-alert-watch.ts';
import { openJsonlAlertWatch } from '../../adapters/local/alerts/alerts-jsonl-watch.ts';
import { RearviewError } from '../../domain/errors.ts';
import type { AlertWatch } from '../../ports/alert-watch.ts';
import type { ObjectRemover } from '../../ports/object-remover.ts';
import { openLocalTarget } from '../../targets/local/local-target.ts';
import type { Target } from '../../targets/target.ts';
import type { GlobalOptions } from '../context.ts';
import { openAws } from './open-aws.ts';
import { requireStateDir } from './state-folder.ts';

/** The target of a live test. */
export interface LiveTestSite {
  readonly target: Target;
  /** Store of the corpus. */
  readonly remover: ObjectRemover;
  /** Milliseconds between two looks. */
  readonly pollMs: number;
  openWatch(runId: string): Promise<AlertWatch>;
}

/** SQS waits in whole seconds. */
const awsPollMs = 1000;
const localPollMs = 100;

/**
 * Opens the selected target; its `close` ends it.
 * @throws RearviewError `ERR_STATE` if no process runs the pipeline of this machine;
 * `ERR_NOT_FOUND` without a state folder; `ERR_CONFIG`
 */
export async function openLiveTestSite(globals: GlobalOptions): Promise<LiveTestSite> {
  return globals.target === 'aws' ? openAwsSite(globals) : openLocalSite(globals);
}

async function openAwsSite(globals: GlobalOptions): Promise<LiveTestSite> {
  const target = await openAws(globals);
  const { s3, sns, sqs } = target.clients;
  const { alertTopicArn: topicArn, versioned } = target.config;
  return {
    target,
    remover: createS3ObjectRemover({ client: s3, bucket: target.corpus.bucket, versioned }),
    pollMs: awsPollMs,
    openWatch: (runId) => openSnsAlertWatch({ sns, sqs, topicArn, queueName: `rearview-live-test-${runId}` }),
  };
}

async function openLocalSite(globals: GlobalOptions): Promise<LiveTestSite> {
  requireStateDir(globals);
  const target = await openLocalTarget({ stateDir: globals.stateDir });
  if (!target.isPipelineRunning()) {
    await target.close();
    throw new RearviewError(
      'ERR_STATE',
      `No process runs the pipeline on ${globals.stateDir}: run "rearview up" first.`,
    );
  }
  return {
    target,
    remover: target.state.remover,
    pollMs: localPollMs,
    openWatch: () => openJsonlAlertWatch(target.alertsFile),
  };
}
