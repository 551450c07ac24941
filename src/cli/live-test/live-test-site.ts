import { createS3ObjectRemover } from '../../adapters/aws/s3/s3-object-remover.ts';
import { openSnsAlertWatch } from '../../adapters/aws/sns/sns-alert-watch.ts';
import { openJsonlAlertWatch } from '../../adapters/local/alerts/alerts-jsonl-watch.ts';
import { RearviewError } from '../../domain/errors.ts';
import type { AlertWatch } from '../../ports/alert-watch.ts';
import type { ObjectRemover } from '../../ports/object-remover.ts';
import { openAwsHome } from '../../targets/aws/aws-home.ts';
import type { Home } from '../../targets/home.ts';
import { openLocalHome } from '../../targets/local/local-home.ts';
import type { GlobalOptions } from '../context.ts';
import { awsConfig, requireStateDir } from '../with-home.ts';

/** Where a live test is made. */
export interface LiveTestSite {
  readonly home: Home;
  /** Of the corpus. */
  readonly remover: ObjectRemover;
  /** Milliseconds between two looks. */
  readonly pollMs: number;
  openWatch(runId: string): Promise<AlertWatch>;
}

/** SQS waits in whole seconds. */
const awsPollMs = 1000;
const localPollMs = 100;

/**
 * Opens the home that is targeted; its `close` ends it.
 * @throws RearviewError `ERR_STATE` where nothing runs the pipeline of this machine; `ERR_NOT_FOUND` without a state folder; `ERR_CONFIG`
 */
export async function openLiveTestSite(globals: GlobalOptions): Promise<LiveTestSite> {
  return globals.target === 'aws' ? openAwsSite(globals) : openLocalSite(globals);
}

async function openAwsSite(globals: GlobalOptions): Promise<LiveTestSite> {
  const home = openAwsHome({ config: await awsConfig(globals) });
  const { s3, sns, sqs } = home.clients;
  const { alertTopicArn: topicArn, versioned } = home.config;
  return {
    home,
    remover: createS3ObjectRemover({ client: s3, bucket: home.corpus.bucket, versioned }),
    pollMs: awsPollMs,
    openWatch: (runId) => openSnsAlertWatch({ sns, sqs, topicArn, queueName: `rearview-live-test-${runId}` }),
  };
}

async function openLocalSite(globals: GlobalOptions): Promise<LiveTestSite> {
  requireStateDir(globals);
  const home = await openLocalHome({ stateDir: globals.stateDir });
  if (!home.isPipelineRunning()) {
    await home.close();
    throw new RearviewError(
      'ERR_STATE',
      `No process runs the pipeline on ${globals.stateDir}: run "rearview up" first.`,
    );
  }
  return {
    home,
    remover: home.state.remover,
    pollMs: localPollMs,
    openWatch: () => openJsonlAlertWatch(home.alertsFile),
  };
}
