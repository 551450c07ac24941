import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../domain/errors.ts';
import { type EnvironmentVariables, environmentVariables } from './environment-variables.ts';
import { functionArn } from './function-options.ts';
import { exited, failed, type InvocationResult, succeeded, timedOut } from './invocation.ts';
import { readLines } from './line-reader.ts';
import { type FromEnvironment, fromEnvironment, type ToEnvironment } from './protocol.ts';

const bootstrap = fileURLToPath(new URL('./bootstrap.ts', import.meta.url));

/** A module that does not load in this time never will, be the machine ever so busy. AWS allows 10 s. */
const initTimeoutMs = 60_000;

export interface EnvironmentOptions extends EnvironmentVariables {
  readonly module: URL;
  readonly exportName: string;
  readonly timeoutMs: number;
  readonly onLine: (line: string) => void;
}

/** What may be done to an invocation under way. */
export interface EnvironmentHooks {
  /** The handler is about to be called. */
  onCalled(): void;
  /** The handler waits at a mark for the answer; false leaves it there. */
  onMark(name: string): Promise<boolean>;
  /** The handler printed a line. */
  onLine(line: string): void;
  /** The handler has ended; false when the answer is to be lost, with the process. */
  onAnswer(): boolean;
}

export interface EnvironmentRun {
  readonly requestId: string;
  /** The event as JSON. */
  readonly payload: string;
  /** The alias or version that was asked for. */
  readonly qualifier?: string | undefined;
  readonly hooks: EnvironmentHooks;
}

export interface EnvironmentResult extends InvocationResult {
  readonly timedOut?: true;
}

/** A process that runs one handler, one invocation at a time, with what it keeps in memory between them. */
export interface Environment {
  readonly pid: number | undefined;
  /** Whether it can take another invocation. */
  readonly alive: boolean;
  /** Never rejects. */
  run(run: EnvironmentRun): Promise<EnvironmentResult>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Resolves when the process has ended and all that it wrote has been read. */
  readonly gone: Promise<unknown>;
}

type Answer = Extract<FromEnvironment, { type: 'returned' | 'threw' }>;

/** Starts the process; its handler is loaded meanwhile. */
export function startEnvironment(options: EnvironmentOptions): Environment {
  const { module, exportName, timeoutMs, onLine } = options;
  const args = ['--disable-warning=ExperimentalWarning', bootstrap, module.href, exportName];
  const child = spawn(process.execPath, args, {
    env: environmentVariables(options),
    cwd: dirname(fileURLToPath(module)),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('a process with pipes has none');
  let current: EnvironmentHooks | undefined;
  const take = (line: string) => {
    onLine(line);
    current?.onLine(line);
  };
  const out = readLines(stdout, take);
  const err = readLines(stderr, take);
  const gone = new Promise<'gone'>((resolve) => child.once('close', () => resolve('gone')));
  child.on('error', (error) => onLine(`The process could not be started or told: ${error.message}`));
  const loaded = Promise.withResolvers<Extract<FromEnvironment, { type: 'ready' | 'init-failed' }>>();
  let answered: ((answer: Answer) => void) | undefined;
  let usable = true;

  const tell = (message: ToEnvironment) => {
    // A process that has just died is noticed by its end.
    if (child.connected) child.send(message, () => undefined);
  };
  const kill = async () => {
    usable = false;
    child.kill('SIGKILL');
    await gone;
  };
  const ended = (requestId: string) => exited(requestId, child.exitCode, child.signalCode);

  async function passMark(mark: number, name: string): Promise<void> {
    try {
      if ((await current?.onMark(name)) ?? true) tell({ type: 'go', mark });
    } catch (error) {
      onLine(`The mark ${name} could not be answered: ${messageOf(error)}`);
    }
  }

  child.on('message', (raw) => {
    const { success, data: message } = fromEnvironment.safeParse(raw);
    if (!success) return onLine('The handler sent a message of its own to the runtime; use reachMark.');
    if (message.type === 'mark') void passMark(message.mark, message.name);
    else if (message.type === 'ready' || message.type === 'init-failed') loaded.resolve(message);
    else answered?.(message);
  });

  async function call({ requestId, payload, qualifier, hooks }: EnvironmentRun): Promise<EnvironmentResult> {
    const initTimer = setTimeout(() => child.kill('SIGKILL'), initTimeoutMs);
    const first = await Promise.race([loaded.promise, gone]);
    clearTimeout(initTimer);
    if (first === 'gone') return ended(requestId);
    if (first.type === 'init-failed') {
      await kill();
      return failed(requestId, first.error);
    }
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    const returned = new Promise<Answer>((resolve) => {
      answered = resolve;
    });
    hooks.onCalled();
    const invokedFunctionArn = functionArn(options.functionName, qualifier);
    tell({ type: 'event', requestId, payload, invokedFunctionArn, deadlineMs: Date.now() + timeoutMs });
    const answer = await Promise.race([returned, gone]);
    clearTimeout(timer);
    if (late) {
      await kill();
      return { ...timedOut(requestId, timeoutMs), timedOut: true };
    }
    if (answer === 'gone') return ended(requestId);
    if (!hooks.onAnswer()) {
      await kill();
      return ended(requestId);
    }
    const mark = `END RequestId: ${requestId}`;
    await Promise.all([out.readUntil(mark), err.readUntil(mark)]);
    return answer.type === 'threw' ? failed(requestId, answer.error) : succeeded(requestId, answer.payload);
  }

  return {
    pid: child.pid,
    get alive() {
      return usable && child.connected && child.exitCode === null && child.signalCode === null;
    },
    async run(given) {
      current = given.hooks;
      try {
        return await call(given);
      } finally {
        current = undefined;
        answered = undefined;
      }
    },
    kill,
    gone,
  };
}
