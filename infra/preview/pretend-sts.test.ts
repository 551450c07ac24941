import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import test from 'ava';
import { pretendAccount, startPretendSts } from './pretend-sts.ts';

test('every caller gets the identity that it requests', async (t) => {
  const sts = await startPretendSts();
  t.teardown(() => sts.close());
  const credentials = { accessKeyId: 'preview', secretAccessKey: 'preview' };
  const client = new STSClient({ endpoint: sts.endpoint, region: 'us-east-1', credentials });
  t.teardown(() => client.destroy());
  t.like(await client.send(new GetCallerIdentityCommand({})), {
    Account: pretendAccount,
    Arn: `arn:aws:iam::${pretendAccount}:user/preview`,
  });
});
