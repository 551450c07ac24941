import { testAccount, testRegion } from './test-account.ts';
import { testPublicKey } from './test-public-key.ts';

/** Responses of AWS to the functions that the program calls. */
const answers: Readonly<Record<string, (inputs: Readonly<Record<string, unknown>>) => Record<string, unknown>>> = {
  'aws:index/getCallerIdentity:getCallerIdentity': () => ({
    accountId: testAccount,
    arn: `arn:aws:iam::${testAccount}:user/operator`,
    userId: 'AIDA',
    id: testAccount,
  }),
  'aws:index/getRegion:getRegion': () => ({ region: testRegion, name: testRegion, id: testRegion }),
  'aws:kms/getPublicKey:getPublicKey': ({ keyId }) => ({ keyId, publicKey: testPublicKey, id: keyId }),
  'aws:index/getPartition:getPartition': () => ({ partition: 'aws', dnsSuffix: 'amazonaws.com', id: 'aws' }),
};

/** @throws Error for an unexpected function */
export function answerOf(token: string, inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const answer = answers[token];
  if (answer === undefined) throw new Error(`The program called ${token}, which no test expects: see mock-calls.ts.`);
  return answer(inputs);
}
