import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Teardown } from '../teardown.ts';
import type { TestCli } from './run-cli.ts';

/** `rearview up` in this process, over the folder `corpus`, until the test ends. */
export interface RunningUp {
  /** Resolves when it has ended. */
  readonly ended: ReturnType<TestCli['run']>;
  /** Resolves when its progress so far has the text. */
  prints(pattern: RegExp): Promise<void>;
  /** The first Ctrl-C. */
  stop(): void;
  /** Its progress so far. */
  output(): string;
}

/**
 * Starts it.
 * @param options.flags in addition to those that keep it small. Default: none
 */
export function startUp(
  t: Teardown,
  cli: TestCli,
  {
    env = {},
    flags = [],
  }: { readonly env?: Readonly<Record<string, string>>; readonly flags?: readonly string[] } = {},
): RunningUp {
  const stop = new AbortController();
  const stderr = new PassThrough();
  let text = '';
  stderr.on('data', (chunk) => {
    text += String(chunk);
  });
  const given = ['up', '--jobs', '1', '--corpus', 'corpus', ...flags];
  const ended = cli.runWith({ stderr, env, signal: stop.signal }, ...given);
  t.teardown(async () => {
    stop.abort();
    await ended;
  });
  const prints = async (pattern: RegExp) => {
    while (!pattern.test(text)) await sleep(20);
  };
  return { ended, prints, stop: () => stop.abort(), output: () => text };
}
