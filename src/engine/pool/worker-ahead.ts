import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { workerOptions } from './worker-options.ts';

/**
 * Located next to this file, and of the same kind: TypeScript here, JavaScript in the flat bundle
 * of the functions (infra/code).
 */
const workerUrl = new URL(`./scan-worker${extname(new URL(import.meta.url).pathname)}`, import.meta.url);

let ahead: Worker | undefined;

/**
 * Starts the thread of the first scan before it is needed: a process that will scan for certain
 * calls this while it loads the rest. The thread does not keep the process running.
 */
export function startWorkerAhead(): void {
  if (ahead !== undefined) return;
  const worker = startWorker();
  ahead = worker;
  const forget = () => {
    if (ahead === worker) ahead = undefined;
  };
  // A thread that dies early is replaced by the one that is started when it is needed.
  worker.once('error', forget);
  worker.once('exit', forget);
  worker.unref();
}

/** The thread that was started ahead, or a new one. It waits for its setup. */
export function takeWorker(): Worker {
  const worker = ahead ?? startWorker();
  ahead = undefined;
  worker.ref();
  return worker;
}

/** It runs under plain Node and also under a loader, whose flags it inherits. */
function startWorker(): Worker {
  return new Worker(workerUrl, { ...workerOptions(), name: 'scan' });
}
