import type { Output } from '@pulumi/pulumi';
import { interpolate } from '@pulumi/pulumi';
import { roleArn } from '../arns.ts';
import type { StackContext } from '../context.ts';
import type { Statement } from '../handles.ts';

/** Whether the analyzers tag objects in the buckets of the corpus. */
export function tagsObjects({ config: { tagObjects, quarantine } }: Pick<StackContext, 'config'>): boolean {
  return tagObjects || quarantine.severities.length > 0;
}

/**
 * Only the analyzers read objects in quarantine, and only they set their tags: docs/explanation/verdicts.md,
 * "Deny by tag". No statements without tagging.
 */
export function denyByTag(context: StackContext, bucketArn: Output<string>): readonly Statement[] {
  if (!tagsObjects(context)) return [];
  const objects = { Effect: 'Deny', Principal: '*', Resource: interpolate`${bucketArn}/*` } as const;
  const inQuarantine = { StringEquals: { 's3:ExistingObjectTag/rearview-quarantine': 'true' } };
  const byOthers = {
    ArnNotEquals: { 'aws:PrincipalArn': [roleArn(context, 'live-analyzer'), roleArn(context, 'retro-analyzer')] },
  };
  return [
    {
      Sid: 'NobodyReadsWhatIsInQuarantine',
      ...objects,
      Action: ['s3:GetObject', 's3:GetObjectVersion'],
      Condition: { ...inQuarantine, ...byOthers },
    },
    {
      Sid: 'NobodyElseSetsOurTags',
      ...objects,
      Action: ['s3:PutObject', 's3:PutObjectTagging', 's3:PutObjectVersionTagging'],
      Condition: { 'ForAnyValue:StringLike': { 's3:RequestObjectTagKeys': 'rearview-*' }, ...byOthers },
    },
    {
      Sid: 'NobodyElseReplacesTags',
      ...objects,
      Action: [
        's3:PutObjectTagging',
        's3:PutObjectVersionTagging',
        's3:DeleteObjectTagging',
        's3:DeleteObjectVersionTagging',
      ],
      Condition: { ...inQuarantine, ...byOthers },
    },
  ];
}
