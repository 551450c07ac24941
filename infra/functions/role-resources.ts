import type { Input } from '@pulumi/pulumi';
import { liveAlias } from '../../src/targets/aws/function-names.ts';
import type { StackContext } from '../context.ts';
import type { SettingsParts } from './settings.ts';

/** The resources in the policy of a role. */
export interface RoleResources extends SettingsParts {
  readonly context: StackContext;
  /** The function itself. */
  readonly logGroupArn: Input<string>;
}

/**
 * The function that plans retro scans, by its alias; a plain string, since its own role names it.
 */
export function batcherArn({ partition, region, account, names }: StackContext): string {
  return `arn:${partition}:lambda:${region}:${account}:function:${names.of('batcher')}:${liveAlias}`;
}
