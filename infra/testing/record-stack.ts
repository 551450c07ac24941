import * as pulumi from '@pulumi/pulumi';
import type { Counterparts } from '../../src/testing/aws-calls/counterparts.ts';
import { Rearview } from '../rearview.ts';
import { contextFor } from './context-for-tests.ts';
import { stackCounterparts } from './iam/stack-counterparts.ts';
import { type RecordedProgram, recordProgram } from './record-program.ts';

/** Records a whole stack, and returns its counterparts of the emulated pipeline's resources. */
export async function recordStack(
  config: Readonly<Record<string, unknown>>,
  stack = 'prod',
): Promise<RecordedProgram<Counterparts>> {
  const recorded = await recordProgram(
    async () => {
      const context = contextFor(stack, config);
      const { parts } = new Rearview(context, new pulumi.asset.AssetArchive({}));
      return stackCounterparts(context, parts, { bucketKeys: true });
    },
    { stack },
  );
  for (const { name, inputs } of recorded.ofType('BucketServerSideEncryptionConfiguration')) {
    const text = JSON.stringify(inputs);
    if (text.includes('"aws:kms"') && !text.includes('"bucketKeyEnabled":true')) {
      throw new Error(`${name} has no bucket key: its objects are decrypted one by one, under contexts of their own.`);
    }
  }
  return recorded;
}
