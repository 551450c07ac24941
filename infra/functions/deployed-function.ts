import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { liveAlias } from '../../src/targets/aws/function-names.ts';
import type { StackContext } from '../context.ts';
import type { FunctionHandle, FunctionName } from '../handles.ts';
import type { FunctionDefinition } from './definitions.ts';
import { FunctionRole } from './function-role.ts';
import { statementsFor } from './role-policies.ts';
import type { SettingsParts } from './settings.ts';

export interface DeployedFunctionParts extends SettingsParts {
  readonly definition: FunctionDefinition;
  readonly code: pulumi.asset.Archive;
  readonly environment: pulumi.Output<Readonly<Record<string, string>>>;
}

/**
 * One function with its role, its log group, and the alias for all invocations. A published version
 * never changes, and the alias moves to the next one when it is complete.
 */
export class DeployedFunction extends pulumi.ComponentResource implements FunctionHandle {
  readonly name: pulumi.Output<string>;
  readonly aliasArn: pulumi.Output<string>;
  readonly logGroupName: pulumi.Output<string>;
  readonly timeoutSeconds: number;
  /** Number of the latest published version. */
  readonly version: pulumi.Output<string>;

  constructor(
    name: FunctionName,
    context: StackContext,
    { definition, code, environment, ...parts }: DeployedFunctionParts,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super('rearview:functions:DeployedFunction', name, {}, opts);
    const { config, names, tags } = context;
    const child = { parent: this };
    const physicalName = names.of(name);

    // Created before the function; otherwise Lambda would create one without encryption and
    // retention.
    const logs = new aws.cloudwatch.LogGroup(
      name,
      {
        name: `/aws/lambda/${physicalName}`,
        retentionInDays: config.logs.retentionDays,
        kmsKeyId: parts.storage.stateKeyArn,
        tags,
      },
      child,
    );
    const statements = statementsFor(name, { context, logGroupArn: logs.arn, ...parts });
    const role = new FunctionRole(name, context, statements, child);

    const { memoryMb, timeoutSeconds, description, reservedConcurrency } = definition;
    const deployed = new aws.lambda.Function(
      name,
      {
        name: physicalName,
        description,
        runtime: aws.lambda.Runtime.NodeJS24dX,
        architectures: ['arm64'],
        handler: `${name}.handler`,
        code,
        role: role.arn,
        memorySize: memoryMb,
        timeout: timeoutSeconds,
        publish: true,
        environment: { variables: environment },
        // Handlers write lines of JSON, which the text format leaves unchanged. In the JSON format,
        // Lambda parses each line's level. It would assign INFO to metric lines, which have none,
        // and drop them together with other lines below the configured level.
        loggingConfig: { logFormat: 'Text', logGroup: logs.name },
        ...(reservedConcurrency === null ? {} : { reservedConcurrentExecutions: reservedConcurrency }),
        tags,
      },
      { ...child, dependsOn: [role.policy] },
    );
    const alias = new aws.lambda.Alias(
      `${name}-${liveAlias}`,
      {
        name: liveAlias,
        description: 'Alias for queues, schedules and other functions',
        functionName: deployed.name,
        functionVersion: deployed.version,
      },
      child,
    );
    this.name = deployed.name;
    this.aliasArn = alias.arn;
    this.logGroupName = logs.name;
    this.timeoutSeconds = timeoutSeconds;
    this.version = deployed.version;
    this.registerOutputs();
  }
}
