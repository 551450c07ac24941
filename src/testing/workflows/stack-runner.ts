import * as z from 'zod';
import { createDecider } from '../../../infra/testing/iam/decider.ts';
import { policiesOf } from '../../../infra/testing/iam/policies-of.ts';
import { recordStack } from '../../../infra/testing/record-stack.ts';
import { formatCorpusBucket } from '../../targets/aws/corpus-buckets.ts';
import { type AwsPipeline, type AwsPipelineOptions, startAwsPipeline } from '../aws/aws-pipeline.ts';
import { callsOf } from '../aws-calls/calls-of.ts';
import { createAwsRecorder } from '../aws-calls/recorder.ts';
import type { Teardown } from '../teardown.ts';
import { tempFolder } from '../temp-folder.ts';
import { readRoleTrust } from './role-trust.ts';
import type { RulesRepository } from './rules-repository.ts';
import type { Runner } from './runner.ts';

/**
 * A runner whose jobs use the pipeline on the emulators, with the roles of the stack and their
 * policies.
 */
export interface StackRunner {
  readonly runner: Runner;
  readonly pipeline: AwsPipeline;
  /** Actions that the policies of the stack refused: `role: action`. */
  readonly refused: ReadonlySet<string>;
}

export interface StackRunnerOptions {
  /** More environment variables of the machine. */
  readonly env?: Readonly<Record<string, string>>;
  /** Settings of the pipeline. */
  readonly settings?: NonNullable<AwsPipelineOptions['settings']>;
}

const roleInputs = z.looseObject({ name: z.string(), assumeRolePolicy: z.string() });
/** The access key id of the test itself. */
const byTest = 'test';

/**
 * Starts a runner for the repository. The Pulumi program provides the trust policies and the policies
 * of the roles.
 */
export async function startStackRunner(
  t: Teardown,
  { dir, name }: RulesRepository,
  { env = {}, settings = {} }: StackRunnerOptions = {},
): Promise<StackRunner> {
  const program = await recordStack({ github: { repository: name } });
  const { result: stack } = program;
  const decide = createDecider(policiesOf(program));
  const refused = new Set<string>();
  const recorder = createAwsRecorder(t, {
    async isAllowed(request) {
      if (request.caller === byTest) return true;
      const calls = callsOf(request, stack);
      const decisions = await Promise.all(calls.map(decide));
      for (const [index, call] of calls.entries()) {
        if (decisions[index] !== 'Allowed') refused.add(`${call.caller}: ${call.action}`);
      }
      return decisions.every((decision) => decision === 'Allowed');
    },
  });
  const pipeline = await startAwsPipeline(t, {
    settings,
    front: (service, endpoint) => recorder.front(service, endpoint),
    frontKms: (endpoint) => recorder.front('KMS', endpoint),
    frontLambda: (endpoint) => recorder.front('LAMBDA', endpoint),
  });

  const trusted = new Map(
    program.ofType('Role').map(({ inputs }) => {
      const { name: role, assumeRolePolicy } = roleInputs.parse(inputs);
      return [role, readRoleTrust(assumeRolePolicy)];
    }),
  );
  const { services, lambda } = pipeline;
  const endpoints = Object.entries(services.env).filter(([key]) => key.startsWith('AWS_ENDPOINT_URL'));
  return {
    pipeline,
    refused,
    runner: {
      ...{ remote: dir, repository: name, folder: tempFolder(t) },
      vars: {
        AWS_REGION: 'us-east-1',
        REARVIEW_PREVIEW_ROLE_ARN: stack.roles['preview'] ?? '',
        REARVIEW_PUBLISH_ROLE_ARN: stack.roles['publish'] ?? '',
        REARVIEW_ROLLBACK_ROLE_ARN: stack.roles['rollback'] ?? '',
        REARVIEW_STACK_OUTPUTS: JSON.stringify({
          ...pipeline.target.config,
          corpusBuckets: pipeline.target.config.corpusBuckets.map(formatCorpusBucket),
        }),
      },
      env: { ...Object.fromEntries(endpoints), AWS_ENDPOINT_URL_LAMBDA: lambda.endpoint, ...env },
      assume(role, claims) {
        const [caller] = Object.entries(stack.roles).find(([, arn]) => arn === role) ?? [];
        const trusts = trusted.get(role.split('/').at(-1) ?? '');
        if (caller === undefined || trusts?.(claims) !== true) {
          const shown = JSON.stringify(claims);
          throw new Error(`Not authorized to perform sts:AssumeRoleWithWebIdentity: ${role} does not trust ${shown}`);
        }
        return { AWS_ACCESS_KEY_ID: caller, AWS_SECRET_ACCESS_KEY: 'test' };
      },
    },
  };
}
