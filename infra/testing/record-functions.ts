import * as pulumi from '@pulumi/pulumi';
import * as z from 'zod';
import { Functions } from '../functions/functions.ts';
import type { FunctionHandles, FunctionName } from '../handles.ts';
import { contextFor } from './context-for-tests.ts';
import { type RecordedProgram, recordProgram } from './record-program.ts';
import { type SampleConfig, sampleParts } from './sample-parts.ts';

export const functionNames: readonly FunctionName[] = [
  'live-analyzer',
  'retro-analyzer',
  'batcher',
  'scan-finisher',
  'redrive',
];

const texts = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const policySchema = z.object({
  Statement: z.array(
    z.strictObject({
      Sid: z.string(),
      Effect: z.enum(['Allow', 'Deny']),
      Action: texts,
      Resource: texts,
      Condition: z.record(z.string(), z.record(z.string(), texts)).optional(),
    }),
  ),
});

/** A statement of a policy, its texts in lists. */
export type RecordedStatement = z.infer<typeof policySchema>['Statement'][number];

export interface RecordedFunctions extends RecordedProgram<FunctionHandles> {
  environmentOf(name: FunctionName): Readonly<Record<string, string>>;
  /** By the name of each statement. */
  statementsOf(name: FunctionName): Readonly<Record<string, RecordedStatement>>;
  /**
   * All permissions of a function on a resource: `<action> <resource>`, sorted, without conditions.
   */
  mayDo(name: FunctionName): readonly string[];
}

const functionInputs = z.object({ environment: z.object({ variables: z.record(z.string(), z.string()) }) });

/** Records the functions of a stack whose other parts are samples. */
export async function recordFunctions(config: SampleConfig = {}, stack = 'prod'): Promise<RecordedFunctions> {
  const recorded = await recordProgram(
    async () => {
      const context = contextFor(stack, config);
      const code = new pulumi.asset.AssetArchive({});
      return new Functions(context, { ...sampleParts(context), code }).handles;
    },
    { stack },
  );
  const statementsOf = (name: FunctionName) => {
    const { policy } = recorded.named(name, 'RolePolicy').inputs;
    const { Statement } = policySchema.parse(JSON.parse(String(policy)));
    return Object.fromEntries(Statement.map((each) => [each.Sid, each]));
  };
  return {
    ...recorded,
    environmentOf: (name) => functionInputs.parse(recorded.named(name, 'Function').inputs).environment.variables,
    statementsOf,
    mayDo: (name) =>
      Object.values(statementsOf(name))
        .filter(({ Effect }) => Effect === 'Allow')
        .flatMap(({ Action, Resource }) => Action.flatMap((action) => Resource.map((each) => `${action} ${each}`)))
        .sort(),
  };
}
