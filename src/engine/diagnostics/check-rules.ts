import { availableParallelism } from 'node:os';
import type { RuleSource } from '../../domain/rulesets/rule.ts';
import { type Memo, noMemo } from '../../rules/memo.ts';
import { type CompileReport, notChecked } from '../compile.ts';
import { defaultLoadDeadlineMs } from '../pool/load-timeouts.ts';
import type { WorkerAnswer } from '../pool/scan-protocol.ts';
import { areSmall, compileThreads, endOnAbort, lengthPerThread, type SpareThreads } from '../pool/spare-threads.ts';
import { withinEach } from '../within.ts';

export interface CheckRulesOptions {
  /** Milliseconds for compiling one source. Default: 120,000. */
  readonly deadlineMs?: number;
  /** For tests: other threads than those of the process. */
  readonly spare?: SpareThreads;
  /** Remembers the reports. Default: it remembers nothing. */
  readonly memo?: Memo;
  /** Maximum number of threads. Default: `os.availableParallelism()`. */
  readonly threads?: number;
  /** Ends the check, which rejects with an error. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Compiles each source separately, in other threads. A source that is wrong, crashes the engine or
 * never finishes hides no problem of another. Results are in the order of the sources.
 */
export async function checkRules(
  sources: readonly RuleSource[],
  { memo = noMemo, ...options }: CheckRulesOptions = {},
): Promise<CompileReport> {
  const known = sources.map((source) => readReport(memo, source));
  const unknown = sources.filter((_, index) => known[index] === null);
  const checked = await checkInThreads(unknown, options);
  unknown.forEach((source, index) => void writeReport(memo, source, checked[index]));
  let next = 0;
  const reports = known.map((report) => report ?? checked[next++] ?? { errors: [], warnings: [] });
  return { errors: reports.flatMap(({ errors }) => errors), warnings: reports.flatMap(({ warnings }) => warnings) };
}

const checkKind = 'check';
const inputsOf = ({ namespace, source, variables = [] }: RuleSource) => [namespace, source, variables];

function readReport(memo: Memo, source: RuleSource): CompileReport | null {
  // The memo returns what was put under the same kind and inputs.
  return (memo.get(checkKind, inputsOf(source)) as CompileReport | undefined) ?? null;
}

/** A crash or timeout depends on the machine: it is not remembered. */
function writeReport(memo: Memo, source: RuleSource, report: CompileReport | undefined): void {
  if (report === undefined || report.errors.some(({ code }) => code.startsWith('engine/'))) return;
  memo.put(checkKind, inputsOf(source), report);
}

/** Divides the sources among threads; reports are in their order. */
async function checkInThreads(
  sources: readonly RuleSource[],
  { threads = availableParallelism(), ...options }: Omit<CheckRulesOptions, 'memo'>,
): Promise<readonly CompileReport[]> {
  const total = sources.reduce((sum, { source }) => sum + source.length, 0);
  const shares = divide(sources, Math.max(1, Math.min(threads, Math.ceil(total / lengthPerThread))));
  const { deadlineMs = defaultLoadDeadlineMs, spare = compileThreads, signal } = options;
  return (await Promise.all(shares.map((share) => checkEach(share, { deadlineMs, spare, signal })))).flat();
}

/** Splits sources into consecutive parts of about the same length. */
function divide(sources: readonly RuleSource[], count: number): readonly (readonly RuleSource[])[] {
  const total = sources.reduce((sum, { source }) => sum + source.length, 0);
  const parts: RuleSource[][] = Array.from({ length: count }, () => []);
  let done = 0;
  for (const each of sources) {
    const index = Math.min(count - 1, Math.floor((done / Math.max(1, total)) * count));
    parts[index]?.push(each);
    done += each.source.length;
  }
  return parts;
}

interface ThreadOptions {
  readonly deadlineMs: number;
  readonly spare: SpareThreads;
  readonly signal: AbortSignal | undefined;
}

/** One report for each source. */
async function checkEach(sources: readonly RuleSource[], options: ThreadOptions): Promise<readonly CompileReport[]> {
  const reports: CompileReport[] = [];
  // Another thread continues after the source that crashed the previous one.
  for (let source = sources[0]; source !== undefined; source = sources[reports.length]) {
    const left = sources.slice(reports.length);
    const answer = await checkWhilePossible(left, options, (report) => reports.push(report));
    if (answer === 'timeout') reports.push(timedOut(sources[reports.length] ?? source, options.deadlineMs));
    else if (answer.type !== 'checked') reports.push(crashed(sources[reports.length] ?? source, answer));
  }
  return reports;
}

async function checkWhilePossible(
  sources: readonly RuleSource[],
  { deadlineMs, spare, signal }: ThreadOptions,
  onReport: (report: CompileReport) => void,
): Promise<WorkerAnswer | 'timeout'> {
  signal?.throwIfAborted();
  const thread = spare.take();
  let isFree = false;
  const stopWatching = endOnAbort(thread, signal);
  try {
    const answer = await withinEach(deadlineMs, (goOn) =>
      thread.ask({ type: 'check', sources }, (news) => {
        goOn();
        if (news.type === 'checked_one') onReport(news.report);
      }),
    );
    isFree = answer !== 'timeout' && answer.type === 'checked';
    return answer;
  } finally {
    stopWatching();
    await (isFree && areSmall(sources) ? spare.giveBack(thread) : thread.kill());
  }
}

function timedOut({ namespace }: RuleSource, deadlineMs: number): CompileReport {
  return notChecked(
    namespace,
    'engine/timeout',
    `The engine did not compile this file within ${deadlineMs} ms: look for a pattern or regular expression that repeats very often.`,
  );
}

function crashed({ namespace }: RuleSource, answer: WorkerAnswer): CompileReport {
  const detail = answer.type === 'crashed' ? answer.detail : `The worker returned "${answer.type}".`;
  return notChecked(namespace, 'engine/crash', `The engine crashed on this file: ${detail}`);
}
