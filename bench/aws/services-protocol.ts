import * as z from 'zod';

/** A message to the process with the services. */
export const toServices = z.discriminatedUnion('type', [
  z.object({ type: z.literal('take') }),
  /** Whether responses take as long as they would in AWS. */
  z.object({ type: z.literal('delay'), on: z.boolean() }),
]);

/** Its response. */
export const fromServices = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ready'),
    env: z.record(z.string(), z.string()),
    endpoints: z.object({ s3: z.string(), sqs: z.string(), sns: z.string(), dynamo: z.string() }),
  }),
  z.object({ type: z.literal('delayed') }),
  z.object({
    type: z.literal('taken'),
    /** Requests by service and action. */
    calls: z.array(z.tuple([z.string(), z.number()])),
    /** Request units of DynamoDB. */
    readUnits: z.number(),
    writeUnits: z.number(),
  }),
]);

export type ToServices = z.infer<typeof toServices>;
export type FromServices = z.infer<typeof fromServices>;
