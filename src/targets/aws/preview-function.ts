import { previewAlias } from './function-names.ts';

/**
 * Returns the batcher's name for pull requests from its usual name: a name, the end of an ARN or an
 * ARN, with or without an alias or version
 * (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).
 */
export function previewFunction(batcherFunction: string): string {
  const [, place = '', name = batcherFunction] = /^((?:.*:)?function:)?([^:]*)/.exec(batcherFunction) ?? [];
  return `${place}${name}:${previewAlias}`;
}
