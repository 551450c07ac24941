import * as pulumi from '@pulumi/pulumi';
import type { CollectorAccess } from './access/collectors.ts';
import type { GithubAccess } from './access/github-access.ts';
import type { StackContext } from './context.ts';
import { type SettingsParts, settingsOf } from './functions/settings.ts';
import type { FunctionHandles } from './handles.ts';
import { ownerInstructions } from './storage/owner-instructions.ts';
import type { Watch } from './watch/watch.ts';

export interface OutputParts extends SettingsParts {
  readonly functions: FunctionHandles;
  readonly watch: Watch;
  readonly collectors: CollectorAccess;
  /** Null if the configuration has no repository. */
  readonly github: GithubAccess | null;
}

/** Outputs of the stack, by name. */
export type StackOutputs = Readonly<Record<string, pulumi.Input<unknown>>>;

/**
 * The outputs that `pulumi stack output` shows: every setting of the command line
 * (`--stack-outputs`), and values that an operator passes on. Outputs of unconfigured features are
 * left out.
 */
export function stackOutputs(context: StackContext, parts: OutputParts): StackOutputs {
  const { storage, queues, functions, watch, collectors, github } = parts;
  const owners = ownerInstructions(context);
  return {
    ...settingsOf(context, parts),
    region: context.region,
    failuresQueueUrl: queues.failures.url,
    redriveFunction: functions.redrive.name,
    ...(watch.dashboardName === null ? {} : { dashboardUrl: dashboardUrl(context, watch.dashboardName) }),
    collectorPolicyArn: collectors.policyArn,
    ...(collectors.roleArn === null ? {} : { collectorRoleArn: collectors.roleArn }),
    ...(storage.inventories === null ? {} : { inventoriesBucket: storage.inventories.name }),
    ...(github === null ? {} : rolesOf(github)),
    ...(owners.length === 0 ? {} : { existingBucketsOwnersMust: owners }),
  };
}

function rolesOf({ previewRoleArn, publishRoleArn, rollbackRoleArn }: GithubAccess) {
  return { previewRoleArn, publishRoleArn, rollbackRoleArn };
}

function dashboardUrl({ region, partition }: StackContext, name: pulumi.Output<string>): pulumi.Output<string> {
  const domain = { 'aws-cn': 'amazonaws.cn', 'aws-us-gov': 'amazonaws-us-gov.com' }[partition] ?? 'aws.amazon.com';
  return pulumi.interpolate`https://${region}.console.${domain}/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`;
}
