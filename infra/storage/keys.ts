import type * as pulumi from '@pulumi/pulumi';
import type { StackContext } from '../context.ts';
import type { StorageHandles } from '../handles.ts';
import { EncryptionKey } from './encryption-key.ts';
import { corpusKeyStatements, sharedKeyStatements, stateKeyStatements } from './key-policies.ts';

/**
 * The keys that encrypt: one for everything, or one for files and one for the rest. With one, roles
 * are kept apart by the buckets and services that they may use it for.
 */
export function createKeys(
  context: StackContext,
  parent: pulumi.ComponentResourceOptions,
): Pick<StorageHandles, 'corpusKeyArn' | 'stateKeyArn'> {
  const files = 'files of the corpus and of quarantine, inventories';
  const state = 'tables, queues, topics, logs, rulesets';
  const create = (part: string, description: string, statements: typeof stateKeyStatements) =>
    new EncryptionKey(context, { part, description, statements: statements(context) }, parent).arn;
  if (!context.config.separateKeys) {
    const shared = create('data', `${files}, ${state}`, sharedKeyStatements);
    return { corpusKeyArn: shared, stateKeyArn: shared };
  }
  return {
    corpusKeyArn: create('corpus', files, corpusKeyStatements),
    stateKeyArn: create('state', state, stateKeyStatements),
  };
}
