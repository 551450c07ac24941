import { hash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort } from 'node:worker_threads';
import { hasCode, messageOf } from '../../domain/errors.ts';
import type { Inside } from '../../domain/inside/inside.ts';
import type { RuleSource } from '../../domain/rulesets/rule.ts';
import { createContentCollector } from '../../index/content-collector.ts';
import { formatsOf } from '../../unpack/formats.ts';
import { createSevenZipShelf } from '../../unpack/seven-zip-shelf.ts';
import { unpack } from '../../unpack/unpack.ts';
import { dropLiveEngine, liveEngine } from '../live-engine.ts';
import { type EngineOrigin, isOutOfMemory, type LoadedRuleset } from '../loaded-ruleset.ts';
import { takePrinted } from '../module/console-output.ts';
import { type HeldFile, viewOf } from '../module/held-file.ts';
import { enginesStarted, isTrap } from '../yara.ts';
import { closeDoors } from './close-doors.ts';
import { loadRuleset } from './load-ruleset.ts';
import { createMemberScanner, createRecentMembers } from './member-scanner.ts';
import { createPrinter, type Printer } from './printer.ts';
import { type ScanTask, scanPlaced } from './scan-placed.ts';
import type {
  Hashes,
  ScannedMember,
  WorkerAnswer,
  WorkerMessage,
  WorkerNews,
  WorkerRequest,
  WorkerSetup,
} from './scan-protocol.ts';

/**
 * The thread behind a scan pool: it keeps rulesets loaded, hashes and scans. It follows the pool's
 * requests and decides nothing.
 */
if (parentPort === null) throw new Error('scan-worker.ts runs as a worker thread of a scan pool only.');
const port = parentPort;
/** The module of its engines and their limit. */
let engines: EngineOrigin & WorkerSetup;

/**
 * For the memory of each engine, V8 reserves some 10 GB of addresses until the garbage collector
 * finds it. The collector sees only a small object and does not hurry; at 128 TB of addresses in
 * the process, the engine traps. So the collector is called in time.
 */
const enginesPerCollection = 50;
setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc', undefined, {
  contextCodeGeneration: { strings: false, wasm: false },
});
closeDoors();
let collectedAt = 0;

const rulesets = new Map<string, LoadedRuleset>();
const shelf = createSevenZipShelf();
const recent = createRecentMembers();
const post = (message: WorkerMessage): void => port.postMessage(message, filtersIn(message));

port.on('message', (request: WorkerRequest) => {
  if (enginesStarted() - collectedAt >= enginesPerCollection) collect();
  if (request.type === 'setup') engines = { ...request, collectGarbage: collect };
  else if (request.type === 'load') void load(request).then(post);
  else if (request.type === 'scan') {
    void scan({ ...request, file: request.bytes }, post, hashesOf).then((answer) => {
      // Not left to the garbage collector: the next file may be as large.
      request.bytes.buffer.transfer(0);
      post(answer);
    });
  } else if (request.type === 'scan_files') {
    // Those that compiled the rules, or ran their tests.
    if (enginesStarted() > collectedAt) collect();
    void scanPlaced(request, {
      scan: (task, onNews) => scan(task, onNews, sha256Of),
      hold: (bytes) => rulesets.get(request.rulesetId)?.hold(bytes) ?? null,
    }).then(post);
  } else if (request.type === 'check') void check(request.sources).then(post);
  else drop(request.rulesetId);
});

/** Most threads only load images and scan: what compiles is imported when it is needed. */
async function check(sources: readonly RuleSource[]): Promise<WorkerAnswer> {
  try {
    const { checkSource } = await import('../compile.ts');
    for (const source of sources) {
      post({ type: 'checked_one', report: checkSource(source, liveEngine(engines.module, engines.maxMemoryBytes)) });
      if (enginesStarted() - collectedAt >= enginesPerCollection) collect();
    }
    return { type: 'checked' };
  } catch (error) {
    return crashed(error, 0, 0);
  }
}

async function load({ rulesetId, origin: from }: Extract<WorkerRequest, { type: 'load' }>): Promise<WorkerAnswer> {
  const startedAt = performance.now();
  dropLiveEngine();
  try {
    const loaded = await loadRuleset(from, engines);
    drop(rulesetId);
    rulesets.set(rulesetId, loaded);
    const image = from.from === 'image' ? null : loaded.image;
    return { type: 'loaded', ms: performance.now() - startedAt, memoryBytes: loaded.memoryBytes(), image };
  } catch (error) {
    if (hasCode(error, 'ERR_RULES_INVALID')) return { type: 'invalid', message: error.lines };
    // Its engine is dropped with it. Whatever the reason: the sources can be compiled.
    if (from.from !== 'sources') return { type: 'refused', why: messageOf(error) };
    return crashed(error, 0, 0);
  }
}

function drop(rulesetId: string): void {
  rulesets.get(rulesetId)?.free();
  rulesets.delete(rulesetId);
}

/** The memory that goes with a message, instead of a copy that waits for the garbage collector. */
function filtersIn(message: WorkerMessage): readonly ArrayBuffer[] {
  const reports = message.type === 'scanned_files' ? message.reports : message.type === 'scanned' ? [message] : [];
  return reports.flatMap((each) => each?.indexed ?? []).map(({ filter }) => filter.bits.buffer);
}

function hashesOf(bytes: Uint8Array): Hashes {
  return { sha256: hash('sha256', bytes), md5: hash('md5', bytes) };
}

/** Without the MD5, which few files need. */
function sha256Of(bytes: Uint8Array): Hashes {
  return { sha256: hash('sha256', bytes), md5: '' };
}

async function scan(
  request: ScanTask,
  onNews: (news: WorkerNews) => void,
  hashes: (bytes: Uint8Array) => Hashes,
): Promise<WorkerAnswer> {
  const { rulesetId, file, externals } = request;
  const rules = rulesets.get(rulesetId);
  const collector = request.index ? createContentCollector() : null;
  const printer = createPrinter(onNews);
  try {
    if (rules === undefined) throw new Error(`Ruleset ${rulesetId} was not loaded.`);
    const known = hashes(viewOf(file));
    onNews({ type: 'hashed', ...known });
    collector?.add(viewOf(file), known);
    const startedAt = performance.now();
    const result = {
      matches: takePrinted(printer.take, () => rules.scan(file, externals)),
      matchLimitReached: rules.matchLimitReached(),
      variableProblems: rules.variableProblems(),
    };
    const inside = await openInside(request, rules, printer, {
      onContainer: (formats) =>
        onNews({ type: 'opening', formats, engineMs: performance.now() - startedAt, ...result }),
      onContent: (member, sha256) => collector?.addMember(member, sha256),
      onScanned: (member) => onNews({ type: 'member', ...member }),
    });
    const engineMs = performance.now() - startedAt;
    const indexed = collector === null ? {} : { indexed: collector.result() };
    return { type: 'scanned', engineMs, ...result, inside, ...indexed };
  } catch (error) {
    return crashed(error, rules?.memoryBytes() ?? 0, file.length);
  } finally {
    printer.end();
  }
}

/** Scans the members of a container. Null for other files. */
async function openInside(
  { rulesetId, file, moveTo, externals, unpack: limits }: ScanTask,
  rules: LoadedRuleset,
  printer: Printer,
  { onContainer, onContent, onScanned }: OpeningListener,
): Promise<Inside | null> {
  if (limits === null) return null;
  const formats = formatNames(viewOf(file));
  if (formats?.length === 0) return null;
  onContainer(formats ?? []);
  await shelf.fill();
  const scanMember = createMemberScanner({
    ...{ rulesetId, rules, recent, externals, maxMemoryBytes: engines.maxMemoryBytes },
    printed: () => printer.count,
    onContent,
    report: onScanned,
  });
  const bytes = file instanceof Uint8Array ? file : moved(file, moveTo);
  return unpack(bytes, externals.filename, {
    ...{ limits, shelf },
    now: () => performance.now(),
    onMember: (member) => takePrinted(printer.take, () => scanMember(member)),
  });
}

/** Members need the memory of the engine, too. */
function moved(file: HeldFile, moveTo: ScanTask['moveTo']): Uint8Array {
  const copy = file.view().slice();
  moveTo?.(copy);
  return copy;
}

interface OpeningListener {
  onContainer(formats: readonly string[]): void;
  /** Receives each member before it is scanned. */
  onContent(bytes: Uint8Array, sha256: string): void;
  onScanned(member: ScannedMember): void;
}

/** Null if that fails: then `unpack` records it, and the result of the file itself stands. */
function formatNames(bytes: Uint8Array): readonly string[] | null {
  try {
    return formatsOf(bytes).map(({ format }) => format.name);
  } catch {
    return null;
  }
}

function crashed(error: unknown, memoryBytes: number, payloadBytes: number): WorkerAnswer {
  const outOfMemory = isOutOfMemory(error, memoryBytes, payloadBytes, engines.maxMemoryBytes);
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
