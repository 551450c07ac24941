import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { type AwsPipeline, type AwsPipelineOptions, startAwsPipeline } from '../../aws/aws-pipeline.ts';
import type { CliProcessEnd } from '../../cli/run-cli-process.ts';
import { failure, keyOf } from '../../s3/s3-http.ts';
import type { Teardown } from '../../teardown.ts';
import type { AwsRecorder } from '../recorder.ts';

/** A pipeline whose every request is recorded. */
export interface Exercise {
  readonly pipeline: AwsPipeline;
  /** Keys that S3 denies to every reader, as if their KMS key is disabled. */
  readonly denied: Set<string>;
  /** Runs the command line as a role. Throws if it fails. */
  succeed(caller: string, ...args: readonly string[]): Promise<CliProcessEnd>;
}

/** Everything is switched on that is off by default. */
const exerciseSettings = {
  ...{ tagObjects: 'true', cleanTopicArn: 'arn:aws:sns:us-east-1:000000000000:clean' },
  ...{ quarantineSeverities: 'critical', quarantineBucket: 'jail' },
} as const;

export async function startExercise(
  t: Teardown,
  recorder: AwsRecorder,
  { settings = {}, ...options }: AwsPipelineOptions = {},
): Promise<Exercise> {
  const denied = new Set<string>();
  const pipeline = await startAwsPipeline(t, {
    interceptS3: async (request, serve) =>
      request.method === 'GET' && denied.has(keyOf(request.path))
        ? failure(403, 'KMS.DisabledException', 'The key is disabled.')
        : serve(request),
    ...options,
    settings: { ...exerciseSettings, ...settings },
    front: (service, endpoint) => recorder.front(service, endpoint),
    frontKms: (endpoint) => recorder.front('KMS', endpoint),
    frontLambda: (endpoint) => recorder.front('LAMBDA', endpoint),
  });
  const { s3, sns } = pipeline.services;
  for (const Bucket of ['jail', 'inventories']) await s3.send(new CreateBucketCommand({ Bucket }));
  await sns.send(new CreateTopicCommand({ Name: 'clean' }));
  return {
    pipeline,
    denied,
    async succeed(caller, ...args) {
      const end = await pipeline.runAs(caller, ...args);
      if (end.code === 0) return end;
      throw new Error(`${caller}: rearview ${args.join(' ')} ended with ${end.code}:\n${end.stdout}${end.stderr}`);
    },
  };
}
