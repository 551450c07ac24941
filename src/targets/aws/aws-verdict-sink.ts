import { createS3VerdictSink } from '../../adapters/aws/verdicts/s3-verdict-sink.ts';
import { createSnsCleanNotices } from '../../adapters/aws/verdicts/sns-clean-notices.ts';
import type { Observe } from '../../app/pipeline/events.ts';
import type { VerdictSink } from '../../ports/verdicts.ts';
import type { AwsClients } from './aws-clients.ts';
import type { AwsConfig } from './aws-config.ts';

/** Returns the sink that applies verdicts as configured; null if there is nothing to apply. */
export function createAwsVerdictSink(options: {
  readonly config: AwsConfig;
  readonly clients: Pick<AwsClients, 's3' | 'sns'>;
  readonly observe: Observe;
}): VerdictSink | null {
  const { config, clients, observe } = options;
  const { tagObjects, cleanTopicArn, quarantineSeverities: severities, quarantineBucket: bucket } = config;
  if (!tagObjects && cleanTopicArn === undefined && severities.length === 0) return null;
  return createS3VerdictSink({
    ...{ client: clients.s3, versioned: config.versioned, tagObjects },
    ...(cleanTopicArn === undefined
      ? {}
      : { cleanNotices: createSnsCleanNotices({ client: clients.sns, topicArn: cleanTopicArn }) }),
    quarantine: { severities, ...(bucket === undefined ? {} : { bucket }) },
    onProblem: (message) => observe({ type: 'problem', where: 'verdicts', message }),
    onQuarantined: (object, match, to) => observe({ type: 'quarantined', object, match, to }),
  });
}
