import { randomUUID } from 'node:crypto';
import { basename, dirname, extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RearviewError } from '../../domain/errors.ts';
import { type Environment, startEnvironment } from '../lambda-runtime-api/environment.ts';
import type { Activity } from './activity.ts';
import type { Chaos } from './chaos.ts';
import type { FunctionOptions } from './function-options.ts';
import type { InvocationResult } from './invocation.ts';
import { sabotageOf } from './sabotage.ts';
import { createSlots } from './slots.ts';

/** Counts of one function since the runtime was started. */
export interface FunctionStats {
  /** Calls of the handler, including those whose environment failed to start. */
  readonly invocations: number;
  /** Invocations that ended with an exception, a time-out, a kill or a crash. */
  readonly errors: number;
  readonly timeouts: number;
  /** Environments killed on purpose, by chaos or `kill`. */
  readonly kills: number;
  /** Processes started. */
  readonly coldStarts: number;
  /** Invocations that were refused because no concurrency was left. */
  readonly throttles: number;
  /** Most invocations at the same time. */
  readonly maxRunning: number;
}

export interface InvokeRequest {
  /** The event as JSON. */
  readonly payload: string;
  /** Default: a new one. */
  readonly requestId?: string;
  /** The requested alias or version. There is one version; the handler receives it. Default: none. */
  readonly qualifier?: string | undefined;
  /** Milliseconds to wait for a free environment; may be infinite. */
  readonly waitMs: number;
}

/** One function with its environments. */
export interface FunctionRuntime {
  readonly name: string;
  readonly options: FunctionOptions;
  readonly timeoutMs: number;
  /**
   * Returns the result of the invocation; null if it was throttled. Throws `ERR_STATE` if the runtime
   * was stopped.
   */
  invoke(request: InvokeRequest): Promise<InvocationResult | null>;
  stats(): FunctionStats;
  logs(): readonly string[];
  pids(): readonly number[];
  /** Kills all environments, busy or idle; resolves with their number when they are gone. */
  kill(): Promise<number>;
  /** The same at the end of the runtime. It does not count as a kill. */
  end(): Promise<number>;
}

export interface FunctionRuntimeOptions {
  readonly name: string;
  readonly options: FunctionOptions;
  readonly activity: Activity;
  readonly chaos: () => Chaos;
  readonly signal: AbortSignal;
  /** The endpoint of the Invoke API, for handlers that invoke functions. */
  readonly endpoint: string;
  readonly log: (line: string) => void;
}

const defaultTimeoutMs = 30_000;

/**
 * Creates a function. Its first process starts with the first invocation. Aborting the signal refuses
 * all invocations; `end` ends the running ones.
 */
export function createFunctionRuntime(given: FunctionRuntimeOptions): FunctionRuntime {
  const { name, options, activity, chaos, signal, endpoint, log } = given;
  const { module, exportName = 'handler', env = {}, timeoutMs = defaultTimeoutMs, concurrency = 4 } = options;
  const file = typeof module === 'string' ? module : fileURLToPath(module);
  const slots = createSlots(concurrency, signal);
  const environments = new Set<Environment>();
  const warm: Environment[] = [];
  const lines: string[] = [];
  const stats = { invocations: 0, errors: 0, timeouts: 0, kills: 0, coldStarts: 0, throttles: 0, maxRunning: 0 };
  let running = 0;

  const refuseIfStopped = () => {
    if (signal.aborted) throw new RearviewError('ERR_STATE', `${name} cannot be invoked: its runtime was stopped.`);
  };

  function start(): Environment {
    stats.coldStarts += 1;
    const environment = startEnvironment({
      ...{ functionName: name, taskRoot: dirname(file), handler: `${basename(file, extname(file))}.${exportName}` },
      env: { AWS_ENDPOINT_URL_LAMBDA: endpoint, ...compileCache(file), ...env },
      ...{ timeoutMs, memoryMb: options.memoryMb ?? 1024 },
      flags: ['--disable-warning=ExperimentalWarning'],
      onLine(line) {
        lines.push(line);
        log(line);
      },
    });
    environments.add(environment);
    void environment.gone.then(() => environments.delete(environment));
    return environment;
  }

  function takeWarm(): Environment | undefined {
    for (;;) {
      const environment = warm.pop();
      if (environment === undefined || environment.alive) return environment;
    }
  }

  async function runIn(
    environment: Environment,
    { requestId, payload, qualifier }: Omit<InvokeRequest, 'waitMs'> & { readonly requestId: string },
  ): Promise<InvocationResult> {
    stats.invocations += 1;
    const kill = () => {
      stats.kills += 1;
      void environment.kill();
    };
    const sabotage = sabotageOf(chaos(), { functionName: name, requestId, number: stats.invocations }, kill);
    const { timedOut = false, ...result } = await environment.run({ requestId, payload, qualifier, hooks: sabotage });
    if (sabotage.end() && result.error === null) kill();
    if (result.error !== null) stats.errors += 1;
    if (timedOut) stats.timeouts += 1;
    return result;
  }

  async function end(): Promise<number> {
    const all = [...environments];
    await Promise.all(all.map((environment) => environment.kill()));
    return all.length;
  }

  return {
    name,
    options,
    timeoutMs,
    async invoke({ payload, requestId = randomUUID(), qualifier, waitMs }) {
      refuseIfStopped();
      const over = activity.begin(`${name}, request ${requestId}`);
      try {
        if (!(await slots.acquire(waitMs))) {
          refuseIfStopped();
          stats.throttles += 1;
          return null;
        }
        running += 1;
        stats.maxRunning = Math.max(stats.maxRunning, running);
        try {
          refuseIfStopped();
          const environment = takeWarm() ?? start();
          const result = await runIn(environment, { requestId, payload, qualifier });
          if (environment.alive) warm.push(environment);
          return result;
        } finally {
          running -= 1;
          slots.release();
        }
      } finally {
        over();
      }
    },
    stats: () => ({ ...stats }),
    logs: () => [...lines],
    pids: () => [...environments].flatMap(({ pid }) => pid ?? []),
    async kill() {
      stats.kills += environments.size;
      return end();
    },
    end,
  };
}

/** Handlers in TypeScript start in half the time if Node.js keeps what it compiled. */
function compileCache(file: string): Readonly<Record<string, string>> {
  const folder = process.env['NODE_COMPILE_CACHE'];
  return folder === undefined || extname(file) !== '.ts' ? {} : { NODE_COMPILE_CACHE: resolve(folder) };
}
