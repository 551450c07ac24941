import { bucketsConnect } from './commands/buckets-connect.ts';
import { bucketsList } from './commands/buckets-list.ts';
import { doctor } from './commands/doctor.ts';
import { githubComment } from './commands/github/github-comment.ts';
import { githubInfrastructure } from './commands/github/github-infrastructure.ts';
import { githubLeft } from './commands/github/github-left.ts';
import { githubPromote } from './commands/github/github-promote.ts';
import { githubReport } from './commands/github/github-report.ts';
import { liveTest } from './commands/live-test.ts';
import { matchesList } from './commands/matches-list.ts';
import { matchesShow } from './commands/matches-show.ts';
import { publish } from './commands/publish.ts';
import { queueRedrive } from './commands/queue-redrive.ts';
import { queueStatus } from './commands/queue-status.ts';
import { retroCancel } from './commands/retro/retro-cancel.ts';
import { retroList } from './commands/retro/retro-list.ts';
import { retroPause } from './commands/retro/retro-pause.ts';
import { retroPlan } from './commands/retro/retro-plan.ts';
import { retroPreview } from './commands/retro/retro-preview.ts';
import { retroResume } from './commands/retro/retro-resume.ts';
import { retroStart } from './commands/retro/retro-start.ts';
import { retroStatus } from './commands/retro/retro-status.ts';
import { retroWatch } from './commands/retro/retro-watch.ts';
import { rulesBuild } from './commands/rules/rules-build.ts';
import { rulesCheck } from './commands/rules/rules-check.ts';
import { rulesDiff } from './commands/rules/rules-diff.ts';
import { rulesGoodware } from './commands/rules/rules-goodware.ts';
import { rulesStaged } from './commands/rules/rules-staged.ts';
import { rulesTest } from './commands/rules/rules-test.ts';
import { rulesetList } from './commands/ruleset-list.ts';
import { rulesetRollback } from './commands/ruleset-rollback.ts';
import { scan } from './commands/scan.ts';
import { up } from './commands/up.ts';
import { upload } from './commands/upload.ts';
import type { Register } from './define-command.ts';

/** Commands with a noun in common; null for those that are a verb alone. */
interface Group {
  readonly noun: { readonly name: string; readonly description: string } | null;
  readonly commands: readonly Register[];
}

/** Every command, in the order of the help. */
export const groups: readonly Group[] = [
  { noun: null, commands: [up, scan, upload, publish] },
  {
    noun: { name: 'rules', description: 'Check, test, compare and build rules.' },
    commands: [rulesCheck, rulesTest, rulesDiff, rulesGoodware, rulesBuild, rulesStaged],
  },
  {
    noun: { name: 'ruleset', description: 'Look after what is in force.' },
    commands: [rulesetList, rulesetRollback],
  },
  {
    noun: { name: 'retro', description: 'Scan what arrived before with the rules in force now.' },
    commands: [
      retroPlan,
      retroPreview,
      retroStart,
      retroStatus,
      retroWatch,
      retroPause,
      retroResume,
      retroCancel,
      retroList,
    ],
  },
  { noun: { name: 'matches', description: 'Show what matched.' }, commands: [matchesList, matchesShow] },
  { noun: { name: 'queue', description: 'Look after the work queues.' }, commands: [queueStatus, queueRedrive] },
  {
    noun: { name: 'buckets', description: 'Look after the buckets of the corpus in AWS.' },
    commands: [bucketsConnect, bucketsList],
  },
  {
    noun: { name: 'github', description: 'Speak on pull requests.' },
    commands: [githubComment, githubReport, githubPromote, githubLeft, githubInfrastructure],
  },
  { noun: null, commands: [doctor, liveTest] },
];
