import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { hasCode, messageOf } from '../domain/errors.ts';
import { buildRules, type CompiledRules } from './compiled-rules.ts';
import type { WorkerAnswer, WorkerMessage, WorkerRequest } from './scan-protocol.ts';
import { adoptEngineModule, isOutOfMemory, isTrap, threadEngine } from './yara.ts';

/** The thread behind a scan pool: keeps compiled rulesets, hashes and scans. It does as the pool says and decides nothing. */
if (parentPort === null) throw new Error('scan-worker.ts runs as a worker thread of a scan pool only.');
const port = parentPort;
const { engineModule } = workerData as { readonly engineModule: WebAssembly.Module };
adoptEngineModule(engineModule);

// What rules print with YARA's `console` module must not mix with the results that a command writes to stdout.
console.log = console.error;

/**
 * Each scan makes a WebAssembly memory for the conditions, for which V8 reserves some 10 GB of addresses until the garbage collector finds it. The collector sees
 * only a small object and is in no hurry; at 128 TB of addresses in the process the engine traps. So it is called in time.
 */
const scansPerCollection = 200;
setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');
let scans = 0;

const rulesets = new Map<string, CompiledRules>();
const post = (message: WorkerMessage): void => port.postMessage(message);

port.on('message', (request: WorkerRequest) => {
  if (request.type === 'load') post(load(request));
  else if (request.type === 'scan') post(scan(request));
  else {
    rulesets.get(request.rulesetId)?.free();
    rulesets.delete(request.rulesetId);
  }
});

function load({ rulesetId, sources }: Extract<WorkerRequest, { type: 'load' }>): WorkerAnswer {
  const startedAt = performance.now();
  try {
    rulesets.set(rulesetId, buildRules(threadEngine(), sources));
    return { type: 'loaded', ms: performance.now() - startedAt };
  } catch (error) {
    return hasCode(error, 'ERR_RULES_INVALID') ? { type: 'invalid', message: error.message } : crashed(error, 0);
  }
}

function scan({ rulesetId, bytes, externals }: Extract<WorkerRequest, { type: 'scan' }>): WorkerAnswer {
  try {
    const rules = rulesets.get(rulesetId);
    if (rules === undefined) throw new Error(`Ruleset ${rulesetId} was not loaded.`);
    const hash = (algorithm: string): string => createHash(algorithm).update(bytes).digest('hex');
    post({ type: 'hashed', sha256: hash('sha256'), md5: hash('md5') });
    scans += 1;
    if (scans % scansPerCollection === 0 && typeof collectGarbage === 'function') collectGarbage();
    const startedAt = performance.now();
    const matches = rules.scan(bytes, externals);
    return { type: 'scanned', matches, engineMs: performance.now() - startedAt, worn: threadEngine().isWorn() };
  } catch (error) {
    return crashed(error, bytes.byteLength);
  }
}

function crashed(error: unknown, payloadBytes: number): WorkerAnswer {
  const outOfMemory = isOutOfMemory(error, threadEngine().memoryBytes(), payloadBytes);
  return {
    type: 'crashed',
    reason: outOfMemory ? 'out_of_memory' : 'engine_crash',
    detail: isTrap(error) ? `The engine trapped: ${messageOf(error)}.` : messageOf(error),
  };
}
