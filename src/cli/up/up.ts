import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PipelineEvent } from '../../app/pipeline/events.ts';
import { publish } from '../../app/rulesets/make-active.ts';
import { beginRetro } from '../../app/scans/begin-retro.ts';
import { getScan } from '../../app/scans/retro-scans.ts';
import { hasEnded, pollMsOf, waitForScan } from '../../app/scans/wait-for-scan.ts';
import { messageOf } from '../../domain/errors.ts';
import type { ScanLimits } from '../../domain/inside/scan-limits.ts';
import type { Diagnostic } from '../../domain/rulesets/diagnostic.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { BaseShelf } from '../../engine/base-image.ts';
import type { Undelivered } from '../../ports/delivery-log.ts';
import type { LocalTarget } from '../../targets/local/local-target.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { excludesOf } from '../flags/exclude-flag.ts';
import { defaultConfigFile } from '../flags/review-config.ts';
import { createDeliveryNotes, undeliveredExit, undeliveredLine } from '../output/delivery-notes.ts';
import { createProgress, type Progress } from '../output/progress.ts';
import { stagedNotNotedText, stateText } from '../output/published-lines.ts';
import { completeUserImage } from '../wiring/complete-user-image.ts';
import { journalOf, openUpTarget } from '../wiring/open-up.ts';
import { type Arrivals, createArrivals } from './arrivals.ts';
import { createNewWarnings } from './new-warnings.ts';
import { prepareUp } from './prepare-up.ts';
import { createSay, type Say, stamped } from './say.ts';
import { endLine, planLine, printEvent } from './up-lines.ts';
import { useCorpus, useWebhook } from './up-settings.ts';
import { type FileWatch, watchFiles } from './watch-files.ts';
import { watchInbox } from './watch-inbox.ts';
import { watchRuleset } from './watch-ruleset.ts';

const pollMs = 100;

export interface UpOptions extends ScanLimits {
  readonly stateDir: string;
  /** The folder with `rearview.yaml`. */
  readonly cwd: string;
  readonly rulesDir: string;
  readonly testsDir: string;
  /** Folders to register in place; empty: those of the last run, or the sample corpus. */
  readonly corpus: readonly string[];
  /** Default: `inbox` in the state folder. */
  readonly inbox?: string;
  /** URL that alerts are sent to; null: none. Default: as last time. */
  readonly webhook?: string | null;
  /**
   * Patterns of paths to exclude from scans of the corpus, in addition to `rearview.yaml`. Default:
   * none.
   */
  readonly exclude: readonly string[];
  readonly once: boolean;
  readonly jobs?: number;
  readonly deadlineMs?: number;
}

interface Session {
  readonly context: Pick<CliContext, 'env'>;
  readonly target: LocalTarget;
  /** Images for its workers. */
  readonly bases: BaseShelf;
  readonly options: UpOptions;
  readonly progress: Progress;
  readonly say: Say;
  readonly arrivals: Arrivals;
  readonly newWarnings: (warnings: readonly Diagnostic[]) => readonly Diagnostic[];
  /** Numbers of the rulesets that this session makes active, each known once it is; null for a publish that changes nothing or fails. */
  readonly published: Promise<number | null>[];
  /** Ends the session. */
  readonly signal: AbortSignal;
}

/** Runs the whole pipeline on this machine until `context.signal`. Returns the exit code. */
export async function runUp(context: CliContext, options: UpOptions): Promise<number> {
  const progress = createProgress(context);
  // A run with an end is a report; one that stays is a log.
  const stamp = options.once ? (line: string) => line : stamped;
  const say = createSay((line) => progress.line(stamp(line)));
  const arrivals = createArrivals(say);
  const stopping = () => say('stopping', 'what is under way is finished; Ctrl-C again ends at once');
  context.signal.addEventListener('abort', stopping, { once: true });
  // Work waits for space. A run that is to end ends instead: a script can repeat it.
  const full = new AbortController();
  const noteDelivery = createDeliveryNotes((text) => say('alerts', text));
  const observe = (event: PipelineEvent) => {
    progress.observe(event);
    noteDelivery(event);
    printEvent(event, say, arrivals);
    if (options.once && event.type === 'problem' && event.noSpace === true) full.abort();
  };
  const print = (text: string) => progress.result(stamp(text));
  const target = await openUpTarget(context, { ...options, observe }, print);
  try {
    // Taken before anything is written: a second process on this state folder changes nothing.
    const pipeline = await target.startPipeline();
    const { bases } = pipeline;
    const session: Session = {
      ...{ context, target, bases, options, progress, say, arrivals, published: [] },
      signal: AbortSignal.any([context.signal, full.signal]),
      newWarnings: createNewWarnings(),
    };
    let code: number;
    let undelivered: readonly Undelivered[] = [];
    try {
      code = await run(session);
    } finally {
      undelivered = await pipeline.stop();
      arrivals.flush();
      for (const each of undelivered) say('alerts', undeliveredLine(each));
    }
    if (session.signal.aborted) say('stopped', 'nothing is lost; the next run resumes');
    if (full.signal.aborted && !context.signal.aborted) return exitCodes.tryLater;
    return options.once && code === exitCodes.ok ? undeliveredExit(undelivered) : code;
  } finally {
    context.signal.removeEventListener('abort', stopping);
    progress.stop();
    await target.close();
  }
}

async function run(session: Session): Promise<number> {
  const { target, options, signal } = session;
  // Before the rules are read: what is saved from here on is a change.
  const watch = await watchFiles([options.rulesDir, options.testsDir, join(options.cwd, defaultConfigFile)]);
  const interrupted = options.once ? exitCodes.interrupted : exitCodes.ok;
  let ruleset: Ruleset | null;
  try {
    ruleset = await prepareUp(session);
  } catch (error) {
    if (!signal.aborted) throw error;
    return interrupted;
  }
  if (ruleset === null) return exitCodes.problems;
  await useCorpus(session);
  await useWebhook(session);
  if (!options.once) {
    await stay(session, ruleset, watch);
    return exitCodes.ok;
  }
  await publishAndScan(session, ruleset, signal);
  await drain(target, signal);
  return signal.aborted ? interrupted : exitCodes.ok;
}

/** Processes uploads and saved rules until the signal. */
async function stay(session: Session, first: Ruleset, watch: FileWatch): Promise<void> {
  const { target, options, say, signal } = session;
  const inbox = resolve(options.inbox ?? join(options.stateDir, 'inbox'));
  const observe = (event: PipelineEvent) => printEvent(event, say, session.arrivals);
  const { stores, scans } = target.state;
  const { corpus: store } = stores;
  const journal = journalOf(target);
  const watchingInbox = watchInbox({ dir: inbox, store, scans, journal, signal, observe });
  const isOwn = async (sequence: number) => (await Promise.all(session.published)).includes(sequence);
  const watchingRuleset = watchRuleset({ library: target.library, isOwn, say, signal });

  let waiting = new AbortController();
  const apply = async (ruleset: Ruleset) => {
    const until = AbortSignal.any([signal, waiting.signal]);
    try {
      await publishAndScan(session, ruleset, until);
      // Last: alerts and the result of the scan do not wait for it.
      if (!ruleset.image) await completeUserImage(session.context, target, ruleset, { ...options, signal: until });
    } catch (error) {
      if (!until.aborted) say('problem', messageOf(error));
    }
  };
  let scanning = apply(first).then(() => {
    if (!signal.aborted) say('ready', `put files into ${inbox}, or save a rule below ${options.rulesDir}; Ctrl-C ends`);
  });
  for await (const _ of watch.changes(signal)) {
    const ruleset = await prepareUp(session).catch((error: unknown) => {
      if (!signal.aborted) say('rules', messageOf(error));
      return null;
    });
    if (signal.aborted) break;
    if (ruleset === null) {
      say('ruleset', 'the active ruleset stays');
      continue;
    }
    // The next scan includes the remaining work of the running one.
    waiting.abort();
    await scanning;
    waiting = new AbortController();
    scanning = apply(ruleset);
  }
  await Promise.all([watchingInbox, watchingRuleset, scanning]);
}

/**
 * Publishes the ruleset and scans the corpus with its new rules. Resolves when the scan has
 * finished, or on the signal.
 */
async function publishAndScan(
  { target, options, progress, say, published }: Session,
  ruleset: Ruleset,
  signal: AbortSignal,
): Promise<void> {
  const publishing = publish(target, ruleset, { now: Date.now });
  published.push(
    publishing.then(
      ({ state, current }) => (state === 'published' ? current.sequence : null),
      () => null,
    ),
  );
  const { state, current, before, stagedNotNoted } = await publishing;
  if (stagedNotNoted !== null) say('problem', stagedNotNotedText(stagedNotNoted));
  say('ruleset', `${ruleset.id.slice(0, 12)} ${stateText({ state, current, before })}, number ${current.sequence}`);
  const exclude = await excludesOf(options, options.exclude);
  const filter = exclude.length === 0 ? {} : { exclude };
  const { scan, created, superseded, plan } = await beginRetro(target, { filter, full: false, plan: true, current });
  for (const { id } of superseded) say('retro', `${id} cancelled: ${scan.id} takes over its remaining work`);
  if (plan !== null) say('retro', `${scan.id}: ${planLine(plan, ruleset, { created })}`);
  const end = await waitForScan(() => getScan(target.state.scans, scan.id), hasEnded, {
    ...{ signal, pollMs: pollMsOf(target) },
    onLook: progress.scan,
  });
  if (hasEnded(end)) say('retro', endLine(end, progress.matchesOf(end)));
}

/** Waits until uploads that were queued before have their outcomes. */
async function drain(target: LocalTarget, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const { visible, inFlight } = await target.state.queues.live.stats();
    if (visible + inFlight === 0) return;
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
}
