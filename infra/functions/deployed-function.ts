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
 * One function with its role, its log group, and the alias that everything invokes: a version that was published never changes, and the alias moves
 * to the next when all of it is there.
 */
export class DeployedFunction extends pulumi.ComponentResource implements FunctionHandle {
  readonly name: pulumi.Output<string>;
  readonly aliasArn: pulumi.Output<string>;
  readonly logGroupName: pulumi.Output<string>;
  readonly timeoutSeconds: number;
  /** Number of the version that was published last. */
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

    // Made before the function, or Lambda would make one that nobody encrypts and that keeps everything.
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
        // Handlers write lines of JSON, which text leaves as they are. In the other format Lambda reads each line's level, gives INFO to lines of
        // metrics, which have none, and drops these with all that is below the level of the configuration.
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
        description: 'What queues, schedules and other functions invoke',
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
