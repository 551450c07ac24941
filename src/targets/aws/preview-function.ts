import { previewAlias } from './function-names.ts';

/**
 * The batcher as pull requests may invoke it, from how it is invoked else: a name, the end of an ARN or an ARN, with or without an alias or version
 * (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).
 */
export function previewFunction(batcherFunction: string): string {
  const [, place = '', name = batcherFunction] = /^((?:.*:)?function:)?([^:]*)/.exec(batcherFunction) ?? [];
  return `${place}${name}:${previewAlias}`;
}
