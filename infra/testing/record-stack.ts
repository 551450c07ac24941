import * as pulumi from '@pulumi/pulumi';
import type { Counterparts } from '../../src/testing/aws-calls/counterparts.ts';
import { CollectorAccess } from '../access/collectors.ts';
import { GithubAccess } from '../access/github-access.ts';
import { Functions } from '../functions/functions.ts';
import { WorkQueues } from '../queues/work-queues.ts';
import { Storage } from '../storage/storage.ts';
import { stackCounterparts } from './iam/stack-counterparts.ts';
import { type RecordedProgram, recordProgram } from './record-program.ts';
import { type SampleConfig, sampleContext, sampleParts } from './sample-parts.ts';

/** Records all of a stack that roles have to do with, and answers what it has for what the emulated pipeline has. */
export async function recordStack(config: SampleConfig, stack = 'prod'): Promise<RecordedProgram<Counterparts>> {
  return recordProgram(
    async () => {
      const context = sampleContext(config, stack);
      const storage = new Storage(context);
      const queues = new WorkQueues(context, storage);
      const { topics } = sampleParts(context);
      const code = new pulumi.asset.AssetArchive({});
      const { handles: functions } = new Functions(context, { storage, queues, topics, code });
      const { github } = context.config;
      if (github !== null) new GithubAccess(context, { github, storage, functions });
      new CollectorAccess(context, storage);
      return stackCounterparts(context, { storage, queues, topics, functions }, { bucketKeys: true });
    },
    { stack },
  );
}
