import type { ChildProcess } from 'node:child_process';
import { messageOf } from '../../domain/errors.ts';
import { functionArn } from '../lambda/function-options.ts';
import { exited, type FunctionError, failed, type InvocationResult, timedOut } from '../lambda/invocation.ts';
import { type MarkPassed, markReached } from './mark-protocol.ts';
import { startRuntimeApi } from './runtime-api.ts';
import { type RuntimeOptions, spawnRuntime } from './spawn-runtime.ts';

/** A module that does not load in this time never will, even on a busy machine. AWS allows 10 s. */
const initTimeoutMs = 60_000;

export interface EnvironmentOptions extends RuntimeOptions {
  readonly timeoutMs: number;
}

/** Hooks into a running invocation. */
export interface EnvironmentHooks {
  /** The handler is about to be called. */
  onCalled(): void;
  /** The handler waits at a mark for the answer; false leaves it there. */
  onMark(name: string): Promise<boolean>;
  /** The handler printed a line. */
  onLine(line: string): void;
  /** The handler has ended; false loses the answer and kills the process. */
  onAnswer(): boolean;
}

export interface EnvironmentRun {
  readonly requestId: string;
  /** The event as JSON. */
  readonly payload: string;
  /** The requested alias or version. */
  readonly qualifier?: string | undefined;
  /** Default: none. */
  readonly hooks?: EnvironmentHooks;
}

export interface EnvironmentResult extends InvocationResult {
  readonly timedOut?: true;
}

/**
 * A process that runs one handler on the Runtime API, one invocation at a time. Its memory outlives
 * an invocation.
 */
export interface Environment {
  readonly pid: number | undefined;
  /** Whether it can take another invocation. */
  readonly alive: boolean;
  /** Resolves when the handler is loaded, with null, or with the reason why it is not. */
  readonly loaded: Promise<FunctionError | null>;
  /** Never rejects. */
  run(run: EnvironmentRun): Promise<EnvironmentResult>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Resolves when the process has ended and all that it wrote has been read. */
  readonly gone: Promise<unknown>;
}

/** Starts the process; its handler is loaded meanwhile. */
export function startEnvironment(options: EnvironmentOptions): Environment {
  const { functionName, timeoutMs, onLine } = options;
  let child: ChildProcess | undefined;
  let current: EnvironmentHooks | undefined;
  let usable = true;

  const started = startRuntimeApi({ functionArn: functionArn(functionName), timeoutMs }).then((api) => {
    const take: RuntimeOptions['onLine'] = (line, stream) => {
      onLine(line, stream);
      current?.onLine(line);
    };
    const runtime = spawnRuntime({ ...options, onLine: take }, api.address);
    child = runtime.child;
    child.on('message', (message) => void passMark(message));
    const gone = runtime.closed.then(async () => {
      await api.close();
      return 'gone' as const;
    });
    return { ...runtime, api, gone };
  });
  const gone = started.then((each) => each.gone);
  const isOver = () => child !== undefined && (child.exitCode !== null || child.signalCode !== null);
  const ended = (requestId: string) => exited(requestId, child?.exitCode ?? null, child?.signalCode ?? null);

  const kill = async () => {
    usable = false;
    await started;
    child?.kill('SIGKILL');
    await gone;
  };

  async function passMark(raw: unknown): Promise<void> {
    const { success, data } = markReached.safeParse(raw);
    if (!success) return onLine('The handler sent a message of its own to the runtime; use reachMark.', 'stderr');
    const { mark, name } = data;
    const passed: MarkPassed = { type: 'go', mark };
    try {
      // A process that has just died is noticed by its end.
      if (((await current?.onMark(name)) ?? true) && child?.connected === true) child.send(passed, () => undefined);
    } catch (error) {
      onLine(`The mark ${name} could not be answered: ${messageOf(error)}`, 'stderr');
    }
  }

  async function load(): Promise<FunctionError | null> {
    const { api } = await started;
    const timer = setTimeout(() => child?.kill('SIGKILL'), initTimeoutMs);
    const first = await Promise.race([api.initialized, gone]);
    clearTimeout(timer);
    return first === 'gone' ? ended('init').error : first;
  }
  const loaded = load();

  async function call({ requestId, payload, qualifier, hooks }: EnvironmentRun): Promise<EnvironmentResult> {
    const { api, printed } = await started;
    const initError = await loaded;
    if (initError !== null || isOver() || !usable) {
      await kill();
      const isOfHandler = initError !== null && initError.errorType !== 'Runtime.ExitError';
      return isOfHandler ? failed(requestId, initError) : ended(requestId);
    }
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      child?.kill('SIGKILL');
    }, timeoutMs);
    hooks?.onCalled();
    const result = await Promise.race([api.invoke(payload, requestId, qualifier), gone]);
    clearTimeout(timer);
    if (isLate) {
      await kill();
      return { ...timedOut(requestId, timeoutMs), timedOut: true };
    }
    if (result === 'gone') return ended(requestId);
    if (hooks?.onAnswer() === false) {
      await kill();
      return ended(requestId);
    }
    await printed(requestId);
    return result;
  }

  return {
    get pid() {
      return child?.pid;
    },
    get alive() {
      return usable && !isOver();
    },
    loaded,
    async run(given) {
      current = given.hooks;
      try {
        return await call(given);
      } finally {
        current = undefined;
      }
    },
    kill,
    gone,
  };
}
