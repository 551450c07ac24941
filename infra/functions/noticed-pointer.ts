import type { Input } from '@pulumi/pulumi';
import type { Statement } from '../handles.ts';

/**
 * Partition key of the item with the last change of the active ruleset that operators were notified
 * of: src/app/rulesets/notice-ruleset-changes.ts.
 */
const noticedPartition = 'pointer#ruleset/noticed';

/**
 * Denies marking a change of the active ruleset as noticed, which would hide it from operators. For
 * roles that write pointers; of the functions, only the finisher writes them and sends the notices.
 *
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
export function noticesCannotBeHidden(scansTableArn: Input<string>): Statement {
  return {
    Sid: 'NoticesCannotBeHidden',
    Effect: 'Deny',
    Action: ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
    Resource: scansTableArn,
    Condition: { 'ForAnyValue:StringEquals': { 'dynamodb:LeadingKeys': [noticedPartition] } },
  };
}
