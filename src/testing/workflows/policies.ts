import * as z from 'zod';
import { supplyChainPolicies } from './policies-supply-chain.ts';
import type { Policy } from './policy.ts';
import { isAction, jobsOf, stepsOf, takesRole, where } from './policy.ts';

/**
 * The roles of the stack, with the environment that each trusts; undefined: none. The role for
 * previews may trust any environment (`github.previewEnvironment`).
 */
const environments: Readonly<Record<string, string | undefined>> = {
  'vars.REARVIEW_PUBLISH_ROLE_ARN': undefined,
  'vars.REARVIEW_ROLLBACK_ROLE_ARN': 'rollback',
};
const ownBranchAlone = 'github.event.pull_request.head.repo.full_name == github.repository';

/** House rules for workflows, by name. */
export const policies: Readonly<Record<string, Policy>> = {
  'a comment states its purpose': (_, text) => (/^# \S/.test(text) ? [] : ['it begins with no comment']),

  'nothing is granted to all jobs': ({ permissions }) =>
    typeof permissions === 'object' && Object.keys(permissions).length === 0 ? [] : ['permissions: {} at the top'],

  'every job lists its permissions': (workflow) =>
    jobsOf(workflow).flatMap(([id, { permissions }]) =>
      typeof permissions === 'object' ? [] : [`${id}: its permissions, one by one`],
    ),

  'actions are pinned by their commit, with the version next to it': (workflow, text) => [
    ...where(
      stepsOf(workflow).filter(({ step: { uses } }) => uses !== undefined && !/^[^@]+@[0-9a-f]{40}$/.test(uses)),
      'a full SHA',
    ),
    ...text
      .split('\n')
      .filter((line) => /\buses:/.test(line) && !/ # v\d+\.\d+\.\d+$/.test(line))
      .map((line) => `${line.trim()}: the version as a comment`),
  ],

  'no checkout keeps its token': (workflow) =>
    where(
      stepsOf(workflow).filter(
        ({ step }) => isAction(step, 'actions/checkout') && step.with['persist-credentials'] !== false,
      ),
      'persist-credentials: false',
    ),

  'every job has a time limit': (workflow) =>
    jobsOf(workflow).flatMap(([id, job]) =>
      job['timeout-minutes'] === undefined || job['timeout-minutes'] > 60 ? [`${id}: timeout-minutes, 60 at most`] : [],
    ),

  'no script contains an expression': (workflow) =>
    where(
      stepsOf(workflow).filter(({ step: { run } }) => run?.includes('${{')),
      'pass it by env',
    ),

  'a script is one command': (workflow) =>
    where(
      stepsOf(workflow).filter(({ step: { run } }) => run?.trim().includes('\n')),
      'one line',
    ),

  'nothing runs the code of a fork with the rights of the repository': (workflow) => {
    const forbidden = ['pull_request_target', 'issue_comment', 'workflow_call'].filter((event) => event in workflow.on);
    const checkouts = stepsOf(workflow).filter(
      ({ step }) => 'workflow_run' in workflow.on && isAction(step, 'actions/checkout') && 'ref' in step.with,
    );
    return [...forbidden.map((event) => `on: ${event}`), ...where(checkouts, 'only the default branch')];
  },

  'a pull request reaches no secret, and may write nothing': (workflow, text) => {
    if (!('pull_request' in workflow.on)) return [];
    const writing = jobsOf(workflow).flatMap(([id, { permissions = {} }]) =>
      Object.entries(permissions)
        .filter(([name, access]) => access === 'write' && name !== 'id-token')
        .map(([name]) => `${id}: ${name}: write`),
    );
    return [...writing, ...(/\bsecrets\b/.test(text.replace(/^\s*#.*$/gm, '')) ? ['secrets'] : [])];
  },

  'only branches of this repository get a token for AWS': (workflow) =>
    jobsOf(workflow).flatMap(([id, job]) =>
      'pull_request' in workflow.on &&
      typeof job.permissions === 'object' &&
      job.permissions['id-token'] !== undefined &&
      !job.if?.includes(ownBranchAlone) &&
      !job.if?.includes("github.event_name == 'push'")
        ? [`${id}: if: ${ownBranchAlone}`]
        : [],
    ),

  'only a job that assumes a role requests a token for AWS': (workflow) =>
    jobsOf(workflow).flatMap(([id, job]) => {
      const asks = typeof job.permissions === 'object' && job.permissions['id-token'] === 'write';
      return asks === (takesRole(job) !== undefined) ? [] : [`${id}: id-token: write`];
    }),

  'a job that assumes a role of the stack names the environment that the role trusts, or none': (workflow) =>
    jobsOf(workflow).flatMap(([id, job]) => {
      const role = String(takesRole(job)?.with['role-to-assume']);
      const known = Object.keys(environments).find((name) => role.includes(name));
      return known === undefined || job.environment === environments[known] ? [] : [`${id}: environment`];
    }),

  'a workflow that checks pull requests runs again when the base changes': (workflow) => {
    const { pull_request: event } = workflow.on;
    const isShown = stepsOf(workflow).some(
      ({ step }) => isAction(step, 'actions/upload-artifact') && String(step.with['name']).startsWith('rearview-'),
    );
    if (!isShown || !('pull_request' in workflow.on)) return [];
    const types = z.object({ types: z.array(z.string()).default([]) }).parse(event ?? {}).types;
    const needed = ['opened', 'synchronize', 'reopened', 'edited'];
    return needed.filter((each) => !types.includes(each)).map((each) => `on: pull_request: types: ${each}`);
  },

  'a committed file never counts as the result of a step': (workflow) => {
    if (!('pull_request' in workflow.on)) return [];
    return jobsOf(workflow).flatMap(([id, { steps, if: condition = '' }]) => {
      const checkout = steps.findIndex((step) => isAction(step, 'actions/checkout'));
      if (checkout < 0 || condition.includes("github.event_name == 'push'")) return [];
      const removed = /^rm -rf (.+)$/.exec(steps[checkout + 1]?.run ?? '')?.[1]?.split(' ') ?? [];
      const written = steps.flatMap(({ run = '', with: { path } }) => [
        ...[...run.matchAll(/(?:--(?:report|junit|out)|(?<!>)>|\btee) ([\w./-]+)/g)].map(([, file = '']) => file),
        ...(typeof path === 'string' ? path.trim().split(/\s+/) : []),
      ]);
      const missing = [...new Set(written)].filter((file) => !removed.includes(file) && !file.startsWith('/dev/'));
      return missing.map((file) => `${id}: rm -rf ${file} in the step after the checkout`);
    });
  },

  'a job that changes the active ruleset is never cancelled, and waits its turn': (workflow) => {
    const changes = stepsOf(workflow).some(({ step: { run = '' } }) =>
      /rearview .*\b(publish|ruleset rollback)\b/.test(run),
    );
    if (!changes) return [];
    const { group, 'cancel-in-progress': cancels, queue } = workflow.concurrency ?? {};
    return [
      ...(group === 'rearview-publish' ? [] : ['concurrency: group: rearview-publish']),
      ...(cancels === false ? [] : ['cancel-in-progress: false']),
      ...(queue === 'max' ? [] : ['queue: max']),
    ];
  },

  ...supplyChainPolicies,
};
