import { command, type Group } from './command-entry.ts';

/** Every command, in the order of the help. */
export const groups: readonly Group[] = [
  {
    noun: null,
    commands: [
      command('up', 'Run the whole pipeline on this machine.', async () => (await import('./commands/up.ts')).up),
      command(
        'scan',
        'Scan files, folders and S3 objects once, with any rules.',
        async () => (await import('./commands/scan.ts')).scan,
      ),
      command(
        'upload',
        'Add files to the corpus and have them scanned.',
        async () => (await import('./commands/upload.ts')).upload,
      ),
      command(
        'hunt',
        'Search the corpus with a rule, a string or a sample.',
        async () => (await import('./commands/hunt.ts')).hunt,
      ),
      command(
        'publish',
        'Check, test and build the rules, and make them active.',
        async () => (await import('./commands/publish.ts')).publish,
      ),
      command('prove', 'Prove what a retro scan excluded.', async () => (await import('./commands/prove.ts')).prove),
    ],
  },
  {
    noun: { name: 'index', description: 'Index the corpus, so that searches read only what can match.' },
    commands: [
      command('build', 'Index the corpus.', async () => (await import('./commands/index/index-build.ts')).indexBuild),
      command(
        'status',
        'Show how much is indexed.',
        async () => (await import('./commands/index/index-status.ts')).indexStatus,
      ),
      command(
        'verify',
        'Check the index against the files.',
        async () => (await import('./commands/index/index-verify.ts')).indexVerify,
      ),
    ],
  },
  {
    noun: { name: 'rules', description: 'Check, test, explain, compare, build and fetch rules.' },
    commands: [
      command(
        'check',
        'Compile and lint the rules.',
        async () => (await import('./commands/rules/rules-check.ts')).rulesCheck,
      ),
      command(
        'test',
        'Run the tests of the rules.',
        async () => (await import('./commands/rules/rules-test.ts')).rulesTest,
      ),
      command(
        'new',
        'Start a rule with tests, from samples.',
        async () => (await import('./commands/rules/rules-new.ts')).rulesNew,
      ),
      command(
        'explain',
        'Show why a rule matches a file or does not.',
        async () => (await import('./commands/rules/rules-explain.ts')).rulesExplain,
      ),
      command(
        'profile',
        'Measure what rules and strings cost.',
        async () => (await import('./commands/rules/rules-profile.ts')).rulesProfile,
      ),
      command(
        'diff',
        'Compare the rules with another version of them.',
        async () => (await import('./commands/rules/rules-diff.ts')).rulesDiff,
      ),
      command(
        'goodware',
        'Scan goodware with the changed rules.',
        async () => (await import('./commands/rules/rules-goodware.ts')).rulesGoodware,
      ),
      command(
        'build',
        'Build the rules into one file.',
        async () => (await import('./commands/rules/rules-build.ts')).rulesBuild,
      ),
      command(
        'staged',
        'List the staged rules and their matches.',
        async () => (await import('./commands/rules/rules-staged.ts')).rulesStaged,
      ),
      command(
        'sync',
        'Fetch rules from other repositories.',
        async () => (await import('./commands/rules/rules-sync.ts')).rulesSync,
      ),
    ],
  },
  {
    noun: { name: 'ruleset', description: 'List published rulesets and roll back.' },
    commands: [
      command(
        'list',
        'List the active ruleset and the ones before it.',
        async () => (await import('./commands/ruleset-list.ts')).rulesetList,
      ),
      command(
        'rollback',
        'Make an earlier ruleset active again.',
        async () => (await import('./commands/ruleset-rollback.ts')).rulesetRollback,
      ),
    ],
  },
  {
    noun: { name: 'retro', description: 'Scan the corpus with the active rules.' },
    commands: [
      command(
        'plan',
        'Estimate what a retro scan would read and cost.',
        async () => (await import('./commands/retro/retro-plan.ts')).retroPlan,
      ),
      command(
        'preview',
        'Show what changed rules would match in the corpus.',
        async () => (await import('./commands/retro/retro-preview.ts')).retroPreview,
      ),
      command(
        'start',
        'Scan the corpus with the active ruleset.',
        async () => (await import('./commands/retro/retro-start.ts')).retroStart,
      ),
      command(
        'status',
        'Show the progress of a scan, or its ledger.',
        async () => (await import('./commands/retro/retro-status.ts')).retroStatus,
      ),
      command(
        'watch',
        'Follow a scan until it finishes.',
        async () => (await import('./commands/retro/retro-watch.ts')).retroWatch,
      ),
      command(
        'pause',
        'Pause a running scan.',
        async () => (await import('./commands/retro/retro-pause.ts')).retroPause,
      ),
      command(
        'resume',
        'Resume a paused scan.',
        async () => (await import('./commands/retro/retro-resume.ts')).retroResume,
      ),
      command('cancel', 'Cancel a scan.', async () => (await import('./commands/retro/retro-cancel.ts')).retroCancel),
      command(
        'list',
        'List scans, newest first.',
        async () => (await import('./commands/retro/retro-list.ts')).retroList,
      ),
    ],
  },
  {
    noun: { name: 'matches', description: 'List, show and count matches.' },
    commands: [
      command(
        'list',
        'List matches, newest first.',
        async () => (await import('./commands/matches-list.ts')).matchesList,
      ),
      command(
        'show',
        'Show the matches of one content and its objects.',
        async () => (await import('./commands/matches-show.ts')).matchesShow,
      ),
      command(
        'stats',
        'Count matches by rule and day.',
        async () => (await import('./commands/matches-stats.ts')).matchesStats,
      ),
    ],
  },
  {
    noun: { name: 'queue', description: 'Inspect the work queues.' },
    commands: [
      command(
        'status',
        'Show how much work is waiting.',
        async () => (await import('./commands/queue-status.ts')).queueStatus,
      ),
      command(
        'redrive',
        'Redrive dead letters.',
        async () => (await import('./commands/queue-redrive.ts')).queueRedrive,
      ),
    ],
  },
  {
    noun: { name: 'buckets', description: 'Connect and list the buckets of the corpus in AWS.' },
    commands: [
      command(
        'connect',
        'Make existing buckets send their events to EventBridge.',
        async () => (await import('./commands/buckets-connect.ts')).bucketsConnect,
      ),
      command(
        'list',
        'List the buckets of the corpus in AWS.',
        async () => (await import('./commands/buckets-list.ts')).bucketsList,
      ),
    ],
  },
  {
    noun: { name: 'github', description: 'Comment on pull requests.' },
    commands: [
      command(
        'comment',
        'Post the results of the checks on a pull request.',
        async () => (await import('./commands/github/github-comment.ts')).githubComment,
      ),
      command(
        'report',
        'Post the results of a merge on its pull request.',
        async () => (await import('./commands/github/github-report.ts')).githubReport,
      ),
      command(
        'promote',
        'Propose to promote or remove staged rules.',
        async () => (await import('./commands/github/github-promote.ts')).githubPromote,
      ),
      command(
        'sync',
        'Propose the rules that "rules sync" fetched.',
        async () => (await import('./commands/github/github-sync.ts')).githubSync,
      ),
      command(
        'left',
        'Record that a check was left out, and why.',
        async () => (await import('./commands/github/github-left.ts')).githubLeft,
      ),
      command(
        'infrastructure',
        'Record the output of "pulumi preview" for the comment.',
        async () => (await import('./commands/github/github-infrastructure.ts')).githubInfrastructure,
      ),
    ],
  },
  {
    noun: null,
    commands: [
      command(
        'doctor',
        'Check the setup and the state of the pipeline.',
        async () => (await import('./commands/doctor.ts')).doctor,
      ),
      command(
        'live-test',
        'Upload a harmless test file and follow it to its alert.',
        async () => (await import('./commands/live-test.ts')).liveTest,
      ),
    ],
  },
];
