import { emulatedKeyArn } from '../aws/kms-server.ts';
import type { Counterpart, Counterparts } from './counterparts.ts';

const [account, region] = ['111122223333', 'eu-central-1'];
const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${account}:${rest}`;

/** Keys of a stack that has one for files and one for everything else. */
export const testKeys = { corpus: arn('kms', 'key/corpus'), state: arn('kms', 'key/state') };

const ofState = (itsArn: string): Counterpart => ({ arn: itsArn, keyArn: testKeys.state });

/** A stack `rearview-prod` for what the emulated pipeline has. */
export const testCounterparts: Counterparts = {
  account,
  region,
  buckets: {
    corpus: { arn: 'arn:aws:s3:::rearview-prod-corpus', keyArn: testKeys.corpus, bucketKey: true },
    artifacts: { arn: 'arn:aws:s3:::rearview-prod-artifacts', keyArn: testKeys.state, bucketKey: true },
    plain: { arn: 'arn:aws:s3:::plain', keyArn: testKeys.corpus },
  },
  tables: Object.fromEntries(
    ['objects', 'scans', 'matches'].map((name) => [name, ofState(arn('dynamodb', `table/rearview-prod-${name}`))]),
  ),
  queues: Object.fromEntries(
    ['live', 'live-dead', 'retro', 'retro-dead', 'preview', 'preview-dead', 'failures'].map((name) => [
      name,
      ofState(arn('sqs', `rearview-prod-${name}`)),
    ]),
  ),
  keys: { [emulatedKeyArn]: arn('kms', 'key/rulesets') },
  topics: { alerts: ofState(arn('sns', 'rearview-prod-alerts')) },
  functions: {
    batcher: arn('lambda', 'function:rearview-prod-batcher:live'),
    'batcher:preview': arn('lambda', 'function:rearview-prod-batcher:preview'),
  },
  logGroups: { batcher: '/aws/lambda/rearview-prod-batcher' },
  roles: Object.fromEntries(
    [
      'live-analyzer',
      'retro-analyzer',
      'batcher',
      'scan-finisher',
      'redrive',
      'publish',
      'preview',
      'rollback',
      'collector',
    ].map((name) => [name, `arn:aws:iam::${account}:role/rearview-prod-${name}`]),
  ),
};
