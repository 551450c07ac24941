import { z } from 'zod';

/** What the runtime tells an environment. */
export type ToEnvironment =
  | {
      readonly type: 'event';
      readonly requestId: string;
      /** The event as JSON. */
      readonly payload: string;
      /** With the alias or version that was asked for, where one was. */
      readonly invokedFunctionArn: string;
      /** When its process will be killed, in milliseconds since 1970. */
      readonly deadlineMs: number;
    }
  /** The handler may go on after the mark of this number. */
  | { readonly type: 'go'; readonly mark: number };

const functionError = z.object({
  errorType: z.string(),
  errorMessage: z.string(),
  trace: z.array(z.string()).readonly().optional(),
});

/** What an environment tells the runtime. */
export const fromEnvironment = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('init-failed'), error: functionError }),
  z.object({ type: z.literal('returned'), requestId: z.string(), payload: z.string() }),
  z.object({ type: z.literal('threw'), requestId: z.string(), error: functionError }),
  z.object({ type: z.literal('mark'), mark: z.number(), name: z.string() }),
]);

export type FromEnvironment = z.infer<typeof fromEnvironment>;
