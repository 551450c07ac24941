import type { RuleSource } from '../../domain/rulesets/rule.ts';
import { type CompileReport, notChecked } from '../compile.ts';
import { defaultLoadDeadlineMs } from '../pool/load-timeouts.ts';
import type { WorkerAnswer } from '../pool/scan-protocol.ts';
import { type SpawnWorker, spawnScanWorker, startWorkerThread } from '../pool/worker-thread.ts';
import { withinEach } from '../within.ts';

export interface CheckRulesOptions {
  /** Milliseconds for compiling one source. Default: 120,000. */
  readonly deadlineMs?: number;
  /** For tests: replaces the real worker. */
  readonly spawn?: SpawnWorker;
}

/**
 * Compiles each source separately, in its own thread. A source that is wrong, crashes the engine or
 * never finishes hides no problem of another. Results are in the order of the sources.
 */
export async function checkRules(sources: readonly RuleSource[], options?: CheckRulesOptions): Promise<CompileReport> {
  const reports = await checkEach(sources, options);
  return { errors: reports.flatMap(({ errors }) => errors), warnings: reports.flatMap(({ warnings }) => warnings) };
}

/** One report for each source. */
async function checkEach(
  sources: readonly RuleSource[],
  { deadlineMs = defaultLoadDeadlineMs, spawn = spawnScanWorker }: CheckRulesOptions = {},
): Promise<readonly CompileReport[]> {
  const reports: CompileReport[] = [];
  // Another thread continues after the source that crashed the previous one.
  for (let source = sources[0]; source !== undefined; source = sources[reports.length]) {
    const left = sources.slice(reports.length);
    const answer = await checkWhilePossible(left, { deadlineMs, spawn }, (report) => reports.push(report));
    if (answer === 'timeout') reports.push(timedOut(sources[reports.length] ?? source, deadlineMs));
    else if (answer.type !== 'checked') reports.push(crashed(sources[reports.length] ?? source, answer));
  }
  return reports;
}

async function checkWhilePossible(
  sources: readonly RuleSource[],
  { deadlineMs, spawn }: Required<CheckRulesOptions>,
  onReport: (report: CompileReport) => void,
): Promise<WorkerAnswer | 'timeout'> {
  const thread = startWorkerThread(spawn);
  try {
    return await withinEach(deadlineMs, (goOn) =>
      thread.ask({ type: 'check', sources }, (news) => {
        goOn();
        if (news.type === 'checked_one') onReport(news.report);
      }),
    );
  } finally {
    await thread.kill();
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
