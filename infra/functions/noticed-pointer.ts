import type { Input } from '@pulumi/pulumi';
import type { Statement } from '../handles.ts';

/** Partition key of the item that says which change of the active ruleset operators were last notified of: src/app/rulesets/notice-ruleset-changes.ts. */
const noticedPartition = 'pointer#ruleset/noticed';

/**
 * Denies what would hide a change of the active ruleset from operators: to note it as noticed. For roles that write pointers; functions write
 * none, but for the finisher, which sends the notices.
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
