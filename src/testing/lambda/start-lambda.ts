import type { SQSClient } from '@aws-sdk/client-sqs';
import { RearviewError } from '../../domain/errors.ts';
import { createActivity } from './activity.ts';
import { createAsyncInvocations } from './async-invocations.ts';
import type { Chaos } from './chaos.ts';
import { type EventSourceMapping, type MappingOptions, startEventSourceMapping } from './event-source-mapping.ts';
import type { FunctionOptions } from './function-options.ts';
import { createFunctionRuntime, type FunctionRuntime, type FunctionStats } from './function-runtime.ts';
import type { InvocationResult } from './invocation.ts';
import { parseFunctionName, startInvokeApi } from './invoke-api.ts';
import { type Schedule, startSchedule } from './schedule.ts';
import { waitUntilIdle } from './wait-until-idle.ts';

export interface LambdaOptions {
  /** By name. */
  readonly functions: Readonly<Record<string, FunctionOptions>>;
  /** Needed for mappings and for queues of failures. */
  readonly sqs?: SQSClient;
  /**
   * Receives each line that a function prints, with its name, and the problems of the runtime.
   * Default: none.
   */
  readonly log?: (line: string) => void;
  /** Starts a proxy before the Invoke API; returns the endpoint to use. Default: no proxy. */
  readonly front?: (endpoint: string) => Promise<string>;
}

export interface ScheduleOptions {
  readonly function: string;
  /** Milliseconds; infinite for a schedule that only fires on demand. */
  readonly everyMs: number;
}

/** AWS Lambda on this machine, for tests. Handlers run in separate processes, and die as in AWS. */
export interface LocalLambda {
  /** The endpoint of the Invoke API, for the client of the SDK: `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  /**
   * Calls a function, by its name or by `<name>:<alias>`, and waits for the result. It also waits for
   * a free environment. `event` must be JSON.
   */
  invoke(name: string, event: unknown): Promise<InvocationResult>;
  /** Queues an event like `InvocationType: Event`; returns its request id. */
  invokeAsync(name: string, event: unknown): string;
  /** Lets a function take the messages of a queue. */
  map(options: MappingOptions): Promise<EventSourceMapping>;
  schedule(options: ScheduleOptions): Schedule;
  /** Replaces the faults to inject; `{}` ends them. */
  setChaos(chaos: Chaos): void;
  /** Kills all environments of a function, busy or idle; resolves with their number when they are gone. */
  kill(name: string): Promise<number>;
  stats(name: string): FunctionStats;
  /**
   * The lines that the function printed to stdout and stderr. They are complete when an invocation
   * has ended.
   */
  logs(name: string): readonly string[];
  /** Process ids of the running environments. */
  pids(): readonly number[];
  /**
   * Resolves when no invocation runs, waits or will be retried, and no mapped queue has a message.
   * After `timeoutMs` (default: 60,000), throws `ERR_STATE` with the work that is left.
   */
  idle(options?: { readonly timeoutMs?: number }): Promise<void>;
  /**
   * Kills all processes and closes all sockets; resolves when they are gone. Queued asynchronous
   * events are dropped.
   */
  stop(): Promise<void>;
}

/** Starts the runtime. A call of an unknown function throws `ERR_NOT_FOUND`. */
export async function startLambda({
  functions,
  sqs,
  log = () => {},
  front = async (endpoint) => endpoint,
}: LambdaOptions): Promise<LocalLambda> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const activity = createActivity();
  let chaos: Chaos = {};
  const runtimes = new Map<string, FunctionRuntime>();
  const mappings = new Set<EventSourceMapping>();
  const schedules: Schedule[] = [];
  const events = createAsyncInvocations({ activity, sqs, signal, log });
  const accept = (target: FunctionRuntime, payload: string, qualifier?: string) =>
    events.accept(target, payload, qualifier);
  const api = await startInvokeApi({ find: (name) => runtimes.get(name), accept });
  const endpoint = await front(api.endpoint);
  const shared = { activity, chaos: () => chaos, signal, endpoint };
  for (const [name, options] of Object.entries(functions)) {
    const line = (text: string) => log(`${name}: ${text}`);
    runtimes.set(name, createFunctionRuntime({ ...shared, name, options, log: line }));
  }

  const find = (name: string): FunctionRuntime => {
    const found = runtimes.get(name);
    if (found !== undefined) return found;
    const known = [...runtimes.keys()].join(', ');
    throw new RearviewError('ERR_NOT_FOUND', `There is no function ${name}; there are: ${known}.`);
  };

  return {
    endpoint,
    async invoke(given, event) {
      const { name, qualifier } = parseFunctionName(given);
      const request = { payload: JSON.stringify(event), qualifier, waitMs: Number.POSITIVE_INFINITY };
      const result = await find(name).invoke(request);
      if (result === null) throw new Error('an invocation that waits was throttled');
      return result;
    },
    invokeAsync: (name, event) => accept(find(name), JSON.stringify(event)),
    async map(options) {
      if (sqs === undefined) throw new RearviewError('ERR_CONFIG', 'A mapping needs an SQS client: give sqs.');
      const target = find(options.function);
      const mapping = await startEventSourceMapping({ ...options, target, sqs, activity, chaos: () => chaos, log });
      mappings.add(mapping);
      return {
        queueUrl: mapping.queueUrl,
        async stop() {
          mappings.delete(mapping);
          await mapping.stop();
        },
      };
    },
    schedule({ function: name, everyMs }) {
      const target = find(name);
      const schedule = startSchedule(name, everyMs, (payload) => accept(target, payload));
      schedules.push(schedule);
      return schedule;
    },
    setChaos(next) {
      chaos = next;
    },
    kill: (name) => find(name).kill(),
    stats: (name) => find(name).stats(),
    logs: (name) => find(name).logs(),
    pids: () => [...runtimes.values()].flatMap((runtime) => runtime.pids()),
    idle: ({ timeoutMs = 60_000 } = {}) =>
      waitUntilIdle({ activity, sqs, queueUrls: () => [...mappings].map(({ queueUrl }) => queueUrl), timeoutMs }),
    async stop() {
      for (const schedule of schedules) schedule.stop();
      const stopped = [...mappings].map((mapping) => mapping.stop());
      stopping.abort();
      await Promise.all([...runtimes.values()].map((runtime) => runtime.end()));
      await Promise.all([...stopped, events.settled(), api.close()]);
    },
  };
}
