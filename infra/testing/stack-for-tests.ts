import { readConfig } from '../config/read-config.ts';
import type { StackContext } from '../context.ts';
import { namesOf } from '../names.ts';
import { stackTag } from '../stack-tag.ts';
import { testAccount, testRegion } from './test-account.ts';

/** The context of a stack in the account of the tests, with this configuration; the rest of it is the defaults. */
export function contextFor(stack: string, config: Readonly<Record<string, unknown>> = {}): StackContext {
  const texts = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
  const read = readConfig(texts, `Pulumi.${stack}.yaml`);
  const names = namesOf({ prefix: read.namePrefix, stack, account: testAccount, region: testRegion });
  return {
    ...{ config: read, names, stack, account: testAccount, region: testRegion, partition: 'aws' },
    tags: { ...read.tags, [stackTag]: names.base },
  };
}
