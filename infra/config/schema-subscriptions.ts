import * as z from 'zod';
import { severities } from '../../src/domain/rulesets/severity.ts';
import { texts } from './schema-values.ts';

const filter = z.strictObject({
  severity: z
    .array(z.enum([...severities, 'unknown']))
    .default([])
    .describe('`critical`, `high` …, as in the meta of rules; `unknown` for rules without'),
  rule: texts.default([]).describe('Names of rules'),
  tag: texts.default([]).describe('Tags of rules'),
  bucket: texts.default([]).describe('Buckets of the object'),
});

/** A receiver of notifications. */
export const subscription = z.strictObject({
  topic: z
    .enum(['alerts', 'clean', 'operations'])
    .default('alerts')
    .describe(
      '`alerts`; `clean` notices, if `cleanNotices` is on; `operations`: alarms, the budget, and changes of the active ruleset',
    ),
  protocol: z.enum(['email', 'email-json', 'https', 'sqs', 'lambda']).describe('Delivery protocol of SNS'),
  endpoint: z.string().min(1).describe('An address, a URL, or the ARN of a queue or function'),
  filter: filter.prefault({}).describe('Filter of alerts. Empty lists match everything; all others must match'),
  raw: z.boolean().default(false).describe('Without the SNS envelope, for `sqs` and `https`'),
});
