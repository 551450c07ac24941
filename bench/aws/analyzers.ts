import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { encodeRuleset } from '../../src/rules/ruleset-file.ts';
import { createAwsClients } from '../../src/targets/aws/aws-clients.ts';
import { readAwsConfig } from '../../src/targets/aws/aws-config.ts';
import { openAwsTarget } from '../../src/targets/aws/aws-target.ts';
import { emulatedSigner } from '../../src/testing/aws/emulated-signer.ts';
import { sqsEvent, sqsMessage } from '../../src/testing/lambda/sqs-event.ts';
import { startLambda } from '../../src/testing/lambda/start-lambda.ts';
import { s3Notification } from '../../src/testing/s3/s3-events.ts';
import { versionId } from './corpus-server.ts';
import { type GeneratedObject, generateObject } from './objects.ts';
import { publishRules } from './publish-rules.ts';
import type { ServiceProcess } from './service-process.ts';

export type FunctionName = 'live-analyzer' | 'retro-analyzer' | 'batcher' | 'memory';

const measured = z.object({ wallMs: z.number(), cpuMs: z.number(), answer: z.unknown() });
export type Measured = z.infer<typeof measured>;

const nothingFailed = z.object({ batchItemFailures: z.array(z.unknown()).max(0) });

export interface Analyzers {
  readonly rules: number;
  /**
   * Runs a function, one environment each, and returns its measurements. @throws if it fails, or a
   * message does
   */
  invoke(name: FunctionName, event: unknown): Promise<Measured>;
  /** Batches sent by the batcher, one message per event; `objects` of each. */
  takeRetroEvents(): Promise<readonly unknown[]>;
  stop(): Promise<void>;
}

/** The functions on these services, with an active ruleset. */
export async function startAnalyzers(services: ServiceProcess, rulesDir: string, dir: string): Promise<Analyzers> {
  const config = readAwsConfig(services.env);
  const clients = createAwsClients({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    endpoints: services.endpoints,
  });
  const target = openAwsTarget({ config, clients, signer: async () => emulatedSigner(services.env) });
  const ruleset = await publishRules(target, rulesDir);
  const rulesetFile = join(dir, 'ruleset');
  await writeFile(rulesetFile, encodeRuleset(ruleset));

  const shared = { module: new URL('./measured-function.ts', import.meta.url), timeoutMs: 300_000, concurrency: 1 };
  const functionOf = (name: string) => ({
    ...shared,
    env: { ...services.env, BENCH_HANDLER: new URL(`../../src/handlers/${name}.ts`, import.meta.url).href },
  });
  const lambda = await startLambda({
    functions: {
      'live-analyzer': functionOf('live-analyzer'),
      'retro-analyzer': functionOf('retro-analyzer'),
      batcher: functionOf('batcher'),
      memory: {
        ...shared,
        module: new URL('./memory-function.ts', import.meta.url),
        env: { BENCH_RULESET: rulesetFile },
      },
    },
    log: (line) => {
      if (/"level":"(WARN|ERROR)"/.test(line)) process.stderr.write(`${line}\n`);
    },
  });
  return {
    rules: ruleset.rules.length,
    async invoke(name, event) {
      const { payload, error } = await lambda.invoke(name, event);
      if (error !== null || payload === null) throw new Error(`${name} failed: ${JSON.stringify(error)}`);
      const result = measured.parse(JSON.parse(payload));
      if (name.endsWith('analyzer')) nothingFailed.parse(result.answer);
      return result;
    },
    async takeRetroEvents() {
      const events: unknown[] = [];
      for (;;) {
        const input = { QueueUrl: config.retroQueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 3600 };
        const { Messages: messages = [] } = await clients.sqs.send(new ReceiveMessageCommand(input));
        if (messages.length === 0) return events;
        for (const message of messages) {
          events.push(sqsEvent([sqsMessage.parse(message)], 'arn:aws:sqs:us-east-1:000000000000:retro'));
          const { ReceiptHandle } = message;
          await clients.sqs.send(new DeleteMessageCommand({ QueueUrl: config.retroQueueUrl, ReceiptHandle }));
        }
      }
    },
    async stop() {
      await lambda.stop();
      await target.close();
    },
  };
}

/** The Lambda event for S3 messages about objects, one each. */
export function liveEvent(keys: readonly string[]): unknown {
  const messages = keys.map((key) => {
    const object = generateObject(key);
    if (object === null) throw new Error(`There is no object ${key}.`);
    return {
      MessageId: key,
      ReceiptHandle: key,
      MD5OfBody: '',
      Attributes: {},
      MessageAttributes: {},
      Body: notificationOf(object),
    };
  });
  return sqsEvent(messages, 'arn:aws:sqs:us-east-1:000000000000:live');
}

function notificationOf({ key, size, sha256 }: GeneratedObject): string {
  const etag = sha256.toString('hex').slice(0, 32);
  return s3Notification({ bucket: 'corpus', key, size, etag, versionId, eventTime: '2026-01-02T03:04:05.678Z' });
}
