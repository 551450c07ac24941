import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { hasCode, messageOf } from '../domain/errors.ts';
import { ImageError } from './image/memory-image.ts';
import { isOutOfMemory, type LoadedRuleset, loadImage, loadSources } from './loaded-ruleset.ts';
import type { WorkerAnswer, WorkerMessage, WorkerRequest, WorkerSetup } from './scan-protocol.ts';
import { engineRemedies, enginesStarted, isTrap } from './yara.ts';

/** The thread behind a scan pool: keeps rulesets loaded, hashes and scans. It does as the pool says and decides nothing. */
if (parentPort === null) throw new Error('scan-worker.ts runs as a worker thread of a scan pool only.');
const port = parentPort;
const setup = workerData as WorkerSetup;
const origin = { ...setup, remedies: engineRemedies() };

// What rules print with YARA's `console` module must not mix with the results that a command writes to stdout.
console.log = console.error;

/**
 * For the memory of each engine, V8 reserves some 10 GB of addresses until the garbage collector finds it. The collector sees
 * only a small object and is in no hurry; at 128 TB of addresses in the process the engine traps. So it is called in time. Where
 * conditions are not kept (`remedies.ts`) each scan makes such a memory.
 */
const enginesPerCollection = 50;
const scansPerCollection = 200;
setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');
let scans = 0;
let collectedAt = 0;

const rulesets = new Map<string, LoadedRuleset>();
const post = (message: WorkerMessage): void => port.postMessage(message);

port.on('message', (request: WorkerRequest) => {
  if (enginesStarted() - collectedAt >= enginesPerCollection) collect();
  if (request.type === 'load') post(load(request));
  else if (request.type === 'scan') post(scan(request));
  else rulesets.delete(request.rulesetId);
});

function load({ rulesetId, origin: from }: Extract<WorkerRequest, { type: 'load' }>): WorkerAnswer {
  const startedAt = performance.now();
  try {
    const loaded = from.from === 'image' ? loadImage(from.image, origin) : loadSources(from.sources, origin);
    rulesets.set(rulesetId, loaded);
    const image = from.from === 'image' ? null : loaded.image;
    const remediesOff = [...engineRemedies().reasons];
    return { type: 'loaded', ms: performance.now() - startedAt, memoryBytes: loaded.memoryBytes(), image, remediesOff };
  } catch (error) {
    if (hasCode(error, 'ERR_RULES_INVALID')) return { type: 'invalid', message: error.message };
    if (error instanceof ImageError) return { type: 'refused', why: error.message };
    return crashed(error, 0, 0);
  }
}

function scan({ rulesetId, bytes, externals }: Extract<WorkerRequest, { type: 'scan' }>): WorkerAnswer {
  const rules = rulesets.get(rulesetId);
  try {
    if (rules === undefined) throw new Error(`Ruleset ${rulesetId} was not loaded.`);
    const hash = (algorithm: string): string => createHash(algorithm).update(bytes).digest('hex');
    post({ type: 'hashed', sha256: hash('sha256'), md5: hash('md5') });
    scans += 1;
    if (engineRemedies().reasons.has('conditions') && scans % scansPerCollection === 0) collect();
    const startedAt = performance.now();
    const matches = rules.scan(bytes, externals);
    return { type: 'scanned', matches, engineMs: performance.now() - startedAt, worn: rules.isWorn() };
  } catch (error) {
    return crashed(error, rules?.memoryBytes() ?? 0, bytes.byteLength);
  }
}

function crashed(error: unknown, memoryBytes: number, payloadBytes: number): WorkerAnswer {
  const outOfMemory = isOutOfMemory(error, memoryBytes, payloadBytes, setup.maxMemoryBytes);
  return {
    type: 'crashed',
    reason: outOfMemory ? 'out_of_memory' : 'engine_crash',
    detail: isTrap(error) ? `The engine trapped: ${messageOf(error)}.` : messageOf(error),
  };
}

function collect(): void {
  collectedAt = enginesStarted();
  if (typeof collectGarbage === 'function') collectGarbage();
}
