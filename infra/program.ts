import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { readConfig } from './config/read-config.ts';
import { createContext, type StackContext } from './context.ts';
import type { StackOutputs } from './outputs.ts';
import { Rearview } from './rearview.ts';

/** Keys of the configuration in `Pulumi.<stack>.yaml`. */
const namespace = 'rearview:';

/**
 * The whole program: reads the configuration, and creates the stack in the account and region of
 * the credentials.
 * @param code of all functions
 * @throws Error if the configuration is invalid, naming each key
 */
export async function provision(code: pulumi.asset.Archive): Promise<StackOutputs> {
  const context = await readContext();
  return new Rearview(context, code).outputs;
}

async function readContext(): Promise<StackContext> {
  const stack = pulumi.getStack();
  const values = Object.entries(pulumi.runtime.allConfig()).flatMap(([key, value]) =>
    key.startsWith(namespace) ? [[key.slice(namespace.length), value] as const] : [],
  );
  const config = readConfig(Object.fromEntries(values), `Pulumi.${stack}.yaml`);
  const [{ accountId: account }, { region }, { partition }] = await Promise.all([
    aws.getCallerIdentity(),
    aws.getRegion(),
    aws.getPartition(),
  ]);
  return createContext(config, { stack, account, region, partition });
}
