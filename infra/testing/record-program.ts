import * as pulumi from '@pulumi/pulumi';
import { answerOf } from './mock-calls.ts';
import { stateOf } from './mock-resources.ts';
import { testRegion } from './test-account.ts';

/** A resource that the program created. */
export interface RecordedResource {
  /** Pulumi type: `aws:s3/bucket:Bucket`. */
  readonly type: string;
  /** Pulumi name, not that of AWS. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface RecordedProgram<Result> {
  readonly resources: readonly RecordedResource[];
  readonly result: Result;
  /** All of a type, by the last part of it: `Bucket`. */
  ofType(type: string): readonly RecordedResource[];
  /** The one with that Pulumi name. Throws if there is none, or several. */
  named(name: string, type?: string): RecordedResource;
}

export interface RecordOptions {
  /** Default: `prod`. */
  readonly stack?: string;
  /** By key, without the namespace `rearview`; values other than text are passed as JSON. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/**
 * Runs a Pulumi program without a backend, and records its requests. An unexpected type of resource
 * or function fails it. One at a time per process: Pulumi's runtime is global.
 */
export async function recordProgram<Result>(
  program: () => Promise<Result>,
  { stack = 'prod', config = {} }: RecordOptions = {},
): Promise<RecordedProgram<Result>> {
  const resources: RecordedResource[] = [];
  const failures: unknown[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs, id }) {
        resources.push({ type, name, inputs });
        try {
          return { id: id || `${name}-id`, state: stateOf(type, name, inputs) };
        } catch (error) {
          failures.push(error);
          throw error;
        }
      },
      call({ token, inputs }) {
        try {
          return answerOf(token, inputs);
        } catch (error) {
          failures.push(error);
          throw error;
        }
      },
    },
    'rearview',
    stack,
    false,
  );
  pulumi.runtime.setAllConfig(
    Object.fromEntries([
      ['aws:region', testRegion],
      ...Object.entries(config).map(([key, value]) => [
        key.includes(':') ? key : `rearview:${key}`,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    ]),
  );
  // Pulumi takes a stack trace of each of its many promises, to name those that leak.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 1;
  let result: Result;
  try {
    result = await program();
    await pulumi.runtime.disconnect();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  if (failures.length > 0) throw failures[0];
  const ofType = (type: string) => resources.filter((each) => each.type.endsWith(`:${type}`));
  return {
    resources,
    result,
    ofType,
    named(name, type) {
      const found = (type === undefined ? resources : ofType(type)).filter((each) => each.name === name);
      const [one] = found;
      if (one === undefined || found.length > 1) {
        const known = resources.map((each) => `${each.type} ${each.name}`).join('\n  ');
        throw new Error(`There are ${found.length} resources ${name}. All:\n  ${known}`);
      }
      return one;
    },
  };
}
