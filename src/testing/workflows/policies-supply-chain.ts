import { isAction, jobsOf, type Policy, stepsOf, where } from './policy.ts';
import type { Job } from './read-workflow.ts';

/**
 * Installs the locked packages of the program itself. No script of a package runs, and nothing is
 * fetched that is not locked.
 */
export const lockedInstall = 'npm ci --omit=dev --ignore-scripts --omit=optional';
/** The same for jobs that run the Pulumi program, which uses devDependencies. */
export const lockedInstallForPulumi = 'npm ci --ignore-scripts';

/** A job that may do more than read the repository: it has a token, can write, or has a secret. */
export function isPrivileged(job: Job): boolean {
  const granted = typeof job.permissions === 'object' ? Object.values(job.permissions) : ['write'];
  return granted.includes('write') || /\bsecrets\b/.test(JSON.stringify(job));
}

const runsPulumi = (job: Job) => job.steps.some((step) => isAction(step, 'pulumi/actions'));
const installs =
  /\b(npm|pnpm|yarn|corepack|pip3?|pipx|gem|cargo|go) +(ci|i|in|ins|inst|install|add|exec|x|update|get)\b/;

/** Policies that only locked code runs in jobs. */
export const supplyChainPolicies: Readonly<Record<string, Policy>> = {
  'a privileged job only installs locked packages, and runs no script of a package': (workflow) =>
    jobsOf(workflow).flatMap(([id, job]) => {
      if (!isPrivileged(job)) return [];
      const allowed = runsPulumi(job) ? [lockedInstall, lockedInstallForPulumi] : [lockedInstall];
      return job.steps.flatMap(({ run = '' }) =>
        installs.test(run) && !allowed.includes(run) ? [`${id}: ${run}: use ${allowed.join(' or ')}`] : [],
      );
    }),

  'no script fetches a package or a program by name': (workflow) =>
    where(
      stepsOf(workflow).filter(({ step: { run = '' } }) => /\b(npx|npm +(exec|x)|curl|wget|iwr|bunx|dlx)\b/.test(run)),
      'run what package-lock.json has: npm run',
    ),

  'every version is exact': (workflow) => [
    ...stepsOf(workflow).flatMap((placed) =>
      Object.entries(placed.step.with)
        .filter(([name, value]) => /version$/.test(name) && !/^\d+\.\d+\.\d+$/.test(String(value)))
        .map(([name, value]) => `${placed.where}: ${name}: ${String(value)}`),
    ),
    ...where(
      stepsOf(workflow).filter(({ step }) => isAction(step, 'actions/setup-node') && !('node-version' in step.with)),
      'node-version',
    ),
    // Without it, the newest release of version 3 is used.
    ...where(
      stepsOf(workflow).filter(({ step }) => isAction(step, 'pulumi/actions') && !('pulumi-version' in step.with)),
      'pulumi-version',
    ),
  ],
};
