import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { publishRuleset } from '../../app/rulesets/publish-ruleset.ts';
import { startRetro } from '../../app/scans/retro-scans.ts';
import { type Alert, alertSchema } from '../../domain/alerts/alert.ts';
import type { VariableDeclaration } from '../../domain/rulesets/variables.ts';
import type { LedgerEntry } from '../../domain/scans/outcome.ts';
import { finalStates, type Scan } from '../../domain/scans/scan.ts';
import { engineInfo } from '../../engine/module/engine-module.ts';
import { buildRuleset } from '../../rules/ruleset.ts';
import { withVariables } from '../../rules/source-variables.ts';
import { createAwsClients } from '../../targets/aws/aws-clients.ts';
import { readAwsConfig } from '../../targets/aws/aws-config.ts';
import { type AwsTarget, openAwsTarget } from '../../targets/aws/aws-target.ts';
import { type CliProcessEnd, runCliProcess } from '../cli/run-cli-process.ts';
import type { EventSourceMapping } from '../lambda/event-source-mapping.ts';
import { type LocalLambda, startLambda } from '../lambda/start-lambda.ts';
import type { Teardown } from '../teardown.ts';
import { type AwsServices, type AwsServicesOptions, startAwsServices, visibilitySeconds } from './aws-services.ts';

const handlerOf = (name: string) => new URL(`../../handlers/${name}.ts`, import.meta.url);

/**
 * The whole pipeline on emulators of AWS: every function in processes of its own, fed by queues,
 * that may be killed.
 */
export interface AwsPipeline {
  readonly services: AwsServices;
  readonly lambda: LocalLambda;
  /** The event source mapping of previews. */
  readonly previewMapping: EventSourceMapping;
  /** Holds back batches of retro scans until the returned function is called. */
  holdRetro(): Promise<() => Promise<void>>;
  readonly target: AwsTarget;
  /** Publishes a ruleset: sources by path. */
  publish(rules: Readonly<Record<string, string>>, variables?: readonly VariableDeclaration[]): Promise<void>;
  /** Uploads objects by key. */
  upload(objects: Readonly<Record<string, string | Uint8Array>>): Promise<void>;
  /** Starts a retro scan. */
  begin(options?: { readonly full?: boolean; readonly inventories?: readonly string[] }): Promise<Scan>;
  /** Waits for the end of a scan, the finisher doing its rounds meanwhile. */
  ended(scanId: string): Promise<Scan>;
  /** Waits until all messages are processed, and the finisher has done a round. */
  settle(): Promise<void>;
  ledger(scanId: string): Promise<readonly LedgerEntry[]>;
  /** Alerts that the subscriber has, each once by its id. */
  alerts(): Promise<readonly Alert[]>;
  /** Runs the command line in a process of its own, with `--target aws`. */
  run(...args: readonly string[]): Promise<CliProcessEnd>;
  /** Like `run`, with another access key id than `operator`. */
  runAs(caller: string, ...args: readonly string[]): Promise<CliProcessEnd>;
  /** Like `run`, with only these environment variables. */
  runWith(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<CliProcessEnd>;
  /** Writes files into the folder that the command line runs in. */
  write(files: Readonly<Record<string, string | Uint8Array>>): void;
}

export interface AwsPipelineOptions extends AwsServicesOptions {
  /** Messages of one invocation. Default: 10. */
  readonly batchSize?: number;
  /** Milliseconds that a function may take. Default: 55,000, so that a busy machine is not taken for a function that hangs. */
  readonly timeoutMs?: number;
  readonly log?: (line: string) => void;
  /**
   * Starts a proxy before the Invoke API of Lambda; returns the endpoint to use. Default: nothing.
   */
  readonly frontLambda?: (endpoint: string) => Promise<string>;
}

/**
 * Functions sign with an access key id of their own, which is their name. What `t` is needed for: a
 * bench has no test.
 */
export async function startAwsPipeline(
  t: Teardown,
  { batchSize = 10, timeoutMs = 55_000, log = () => undefined, frontLambda, ...options }: AwsPipelineOptions = {},
): Promise<AwsPipeline> {
  const services = await startAwsServices(t, options);
  const { env, sqs } = services;
  const functionOf = (name: string) => ({
    module: handlerOf(name),
    env: { ...env, AWS_ACCESS_KEY_ID: name },
    timeoutMs,
    concurrency: 2,
    asyncRetryDelayMs: 50,
  });
  const names = ['live-analyzer', 'retro-analyzer', 'batcher', 'scan-finisher', 'redrive'];
  const functions = Object.fromEntries(names.map((name) => [name, functionOf(name)]));
  const lambda = await startLambda({
    functions,
    sqs,
    log,
    ...(frontLambda === undefined ? {} : { front: frontLambda }),
  });
  t.teardown(() => lambda.stop());
  const config = readAwsConfig(services.settings);
  const mapping = { batchSize, reportBatchItemFailures: true, returnAtOnce: true };
  await lambda.map({ ...mapping, queueUrl: config.liveQueueUrl, function: 'live-analyzer' });
  const mapRetro = () =>
    lambda.map({ ...mapping, batchSize: 1, queueUrl: config.retroQueueUrl, function: 'retro-analyzer' });
  let retroMapping = await mapRetro();
  const previewMapping = await lambda.map({
    ...mapping,
    batchSize: 1,
    queueUrl: config.previewQueueUrl,
    function: 'retro-analyzer',
  });
  if (timeoutMs > visibilitySeconds * 1000) throw new Error('Messages come again while a function works on them.');

  const clients = createAwsClients({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    endpoints: { ...services.endpoints, lambda: lambda.endpoint },
  });
  const target = openAwsTarget({ config, clients, signer: async () => services.signer });
  t.teardown(() => target.close());
  const dir = mkdtempSync(join(tmpdir(), 'rearview-aws-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));

  const ended = async (scanId: string) => {
    for (;;) {
      const scan = await target.state.scans.get(scanId);
      if (scan !== null && finalStates.includes(scan.state)) return scan;
      await lambda.idle();
      await lambda.invoke('scan-finisher', {});
      await sleep(20);
    }
  };

  const runAt = (given: Readonly<Record<string, string>>, args: readonly string[]) =>
    runCliProcess(['--target', 'aws', ...args], { cwd: dir, env: given });

  const runAs = (caller: string, ...args: readonly string[]) =>
    runAt({ ...env, AWS_ACCESS_KEY_ID: caller, AWS_ENDPOINT_URL_LAMBDA: lambda.endpoint }, args);

  return {
    services,
    lambda,
    previewMapping,
    async holdRetro() {
      await retroMapping.stop();
      return async () => {
        retroMapping = await mapRetro();
      };
    },
    target,
    ended,
    async publish(rules, variables) {
      const sources = Object.entries(rules).map(([namespace, source]) =>
        withVariables({ namespace, source }, variables),
      );
      await publishRuleset(target.library, buildRuleset(sources, engineInfo()), { now: Date.now });
    },
    async upload(objects) {
      for (const [key, content] of Object.entries(objects)) await target.corpus.put(key, Buffer.from(content));
    },
    async begin({ full = false, inventories = [] } = {}) {
      const { scan } = await startRetro(
        { scans: target.state.scans, library: target.library, now: Date.now },
        { buckets: target.buckets, filter: {}, full, inventories, expected: null },
      );
      await target.runBatcher(scan.id);
      return scan;
    },
    async settle() {
      await lambda.idle();
      await lambda.invoke('scan-finisher', {});
    },
    async ledger(scanId) {
      const entries: LedgerEntry[] = [];
      for (let after: string | undefined; ; ) {
        const page = await target.state.scans.ledger(scanId, { limit: 500, ...(after === undefined ? {} : { after }) });
        entries.push(...page.entries);
        if (page.next === null) return entries;
        after = page.next;
      }
    },
    async alerts() {
      const all = (await services.alerts()).map((text): Alert => JSON.parse(text));
      for (const { schema } of all) if (schema !== alertSchema) throw new Error(`not an alert: ${schema}`);
      return [...new Map(all.map((alert) => [alert.id, alert])).values()];
    },
    run: (...args) => runAs('operator', ...args),
    runAs,
    runWith: (given, ...args) => runAt(given, args),
    write(files) {
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(dir, name)), { recursive: true });
        writeFileSync(join(dir, name), content);
      }
    },
  };
}
