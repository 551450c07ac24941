/** `arn:aws:lambda:<region>:<account>:function:<name>`, optionally with `:<version or alias>`. */
const functionArnShape = /^(arn:aws[a-z-]*:lambda:([a-z0-9-]+):(\d{12}):function:[^:\s]+)(?::([^:\s]+))?$/;

export interface FunctionArn {
  readonly account: string;
  readonly region: string;
  /** Without the qualifier. */
  readonly functionArn: string;
  /** Version or alias; null if there is none. */
  readonly qualifier: string | null;
}

/** @throws Error if it is not the ARN of a function: the configuration refuses those */
export function readFunctionArn(arn: string): FunctionArn {
  const [, functionArn, region, account, qualifier = null] = functionArnShape.exec(arn) ?? [];
  if (functionArn === undefined || region === undefined || account === undefined) {
    throw new Error(`${arn} is not the ARN of a function.`);
  }
  return { account, region, functionArn, qualifier };
}
