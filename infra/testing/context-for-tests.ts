import { readConfig } from '../config/read-config.ts';
import { createContext, type StackContext } from '../context.ts';
import { testAccount, testRegion } from './test-account.ts';

/**
 * The context of a stack in the account of the tests, with this configuration and defaults
 * otherwise.
 */
export function contextFor(stack: string, config: Readonly<Record<string, unknown>> = {}): StackContext {
  const texts = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
  const read = readConfig(texts, `Pulumi.${stack}.yaml`);
  return createContext(read, { stack, account: testAccount, region: testRegion, partition: 'aws' });
}
