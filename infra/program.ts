import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { projectFolder } from './code/folders.ts';
import { readConfig } from './config/read-config.ts';
import { namespaceProblems, stackFileProblems } from './config/stack-file-problems.ts';
import { createContext, type StackContext } from './context.ts';
import type { StackOutputs } from './outputs.ts';
import { Rearview } from './rearview.ts';

/** Keys of the configuration in `Pulumi.<stack>.yaml`. */
const namespace = 'rearview:';

/**
 * The whole program: reads the configuration, and creates the stack in the account and region of
 * the credentials.
 * @param code of all functions
 * @param folder of the stack's file, in which Pulumi ignores keys outside of `config:`. Default: the project
 * @throws Error if the configuration is invalid, naming each key
 */
export async function provision(code: pulumi.asset.Archive, folder = projectFolder): Promise<StackOutputs> {
  const context = await readContext(folder);
  return new Rearview(context, code).outputs;
}

async function readContext(folder: string): Promise<StackContext> {
  const stack = pulumi.getStack();
  const all = pulumi.runtime.allConfig();
  const values = Object.entries(all).flatMap(([key, value]) =>
    key.startsWith(namespace) ? [[key.slice(namespace.length), value] as const] : [],
  );
  const source = `Pulumi.${stack}.yaml`;
  // Missing with `--config-file`, or where the configuration is in an environment of Pulumi.
  const file = join(folder, source);
  const outside = [
    ...(existsSync(file) ? stackFileProblems(readFileSync(file, 'utf8')) : []),
    ...namespaceProblems(Object.keys(all)),
  ];
  const config = readConfig(Object.fromEntries(values), source, outside);
  for (const topic of ['operations', 'alerts'] as const) {
    if (config.subscriptions.some((each) => each.topic === topic)) continue;
    await pulumi.log.warn(`No receiver of ${topic}: add one to rearview:subscriptions in ${source}.`);
  }
  const [{ accountId: account }, { region }, { partition }] = await Promise.all([
    aws.getCallerIdentity(),
    aws.getRegion(),
    aws.getPartition(),
  ]);
  return createContext(config, { stack, account, region, partition });
}
