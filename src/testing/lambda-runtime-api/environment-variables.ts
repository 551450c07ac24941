import { devNull } from 'node:os';
import { region } from '../lambda/function-options.ts';

export interface EnvironmentVariables {
  readonly functionName: string;
  /** Folder of the code: `/var/task` in AWS. */
  readonly taskRoot: string;
  /** `<file without extension>.<export>` */
  readonly handler: string;
  readonly memoryMb: number;
  /** The function's own, such as the endpoints of emulators. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The environment of a handler: what Lambda sets, with credentials that are good for nothing, and what its deployment gives. The function's
 * own values win. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function environmentVariables(options: EnvironmentVariables): Readonly<Record<string, string>> {
  const { functionName, taskRoot, handler, memoryMb, env } = options;
  return {
    PATH: process.env['PATH'] ?? '',
    TZ: 'UTC',
    _HANDLER: handler,
    LAMBDA_TASK_ROOT: taskRoot,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    // The SDK must find nothing of the machine it runs on.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...env,
    // Coverage is collected only of the processes of ava.
    NODE_V8_COVERAGE: '',
  };
}
