import { parentPort, workerData } from 'node:worker_threads';
import { runCampaign } from './campaign.ts';
import { createFailureCheck } from './failure-check.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { endRun, type RunRecord, type WorkerMessage, type WorkerTask, writeRun } from './protocol.ts';

/** Runs its tasks one after the other, in a thread that may be ended at any time. */
const { record }: { readonly record: RunRecord } = workerData;
const send = (message: WorkerMessage): void => parentPort?.postMessage(message);

parentPort?.on('message', (task: WorkerTask) => {
  perform(task).catch((error) =>
    send({ type: 'broken', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});

const onRan = (): void => endRun(record);

async function perform({ module, work }: WorkerTask): Promise<void> {
  const { target }: { readonly target: FuzzTarget } = await import(module);
  if ('input' in work) {
    const check = createFailureCheck(target, null, { onRun: (input) => writeRun(record, 0, input), onRan });
    return send({ type: 'ran', result: await check.run(Buffer.from(work.input)) });
  }
  const result = await runCampaign(target, {
    ...work,
    onRan,
    onRun: (iteration, input) => writeRun(record, iteration, input),
    onFailure: (failure) => send({ type: 'failure', failure }),
  });
  send({ type: 'done', result });
}
