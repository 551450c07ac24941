import type { Input } from '@pulumi/pulumi';
import * as pulumi from '@pulumi/pulumi';

/** The issuer of GitHub Actions tokens. */
export const githubIssuer = 'token.actions.githubusercontent.com';
/** The audience of such a token: https://github.com/aws-actions/configure-aws-credentials */
export const githubAudience = 'sts.amazonaws.com';

/** The jobs that may assume a role. */
export interface TrustedJobs {
  /** The claim `sub`. A job with an environment has a different one than a job without. */
  readonly subject: string;
  /**
   * The claim `job_workflow_ref`: the files of their workflows, and the ref of each. `*` matches
   * any text.
   */
  readonly workflows: readonly string[];
}

/**
 * The trust policy of a role: GitHub Actions jobs whose token has this subject, and whose workflow
 * is one of these files. https://docs.github.com/en/actions/reference/security/oidc
 *
 * AWS STS has compared `job_workflow_ref` since 2026, in all commercial regions. A condition on an
 * unsupported claim is never met: then the role cannot be assumed by any caller.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
 */
export function githubTrust(providerArn: Input<string>, { subject, workflows }: TrustedJobs): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'JobsOfGitHubActions',
        Effect: 'Allow',
        Principal: { Federated: providerArn },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: { [`${githubIssuer}:aud`]: githubAudience, [`${githubIssuer}:sub`]: subject },
          StringLike: { [`${githubIssuer}:job_workflow_ref`]: workflows },
        },
      },
    ],
  });
}

/** The ref of a branch. */
export function branchRef(branch: string): string {
  return `refs/heads/${branch}`;
}

/** The refs of pull request jobs. `*` matches any text. */
export const pullRequestRefs = 'refs/pull/*/merge';

/**
 * Jobs triggered by a pull request of this repository, in these workflows. Those of forks get no
 * token for AWS.
 */
export function pullRequestJobs(repository: string, files: readonly string[]): TrustedJobs {
  return {
    subject: `repo:${repository}:pull_request`,
    workflows: workflowsAt(repository, files, pullRequestRefs),
  };
}

/** Jobs of these workflows on one branch, outside all environments. */
export function branchJobs(repository: string, branch: string, files: readonly string[]): TrustedJobs {
  return {
    subject: `repo:${repository}:ref:${branchRef(branch)}`,
    workflows: workflowsAt(repository, files, branchRef(branch)),
  };
}

/** Jobs of these workflows in an environment: its reviewers must approve before they start. */
export function environmentJobs(
  repository: string,
  environment: string,
  ref: string,
  files: readonly string[],
): TrustedJobs {
  return {
    subject: `repo:${repository}:environment:${environment}`,
    workflows: workflowsAt(repository, files, ref),
  };
}

/** Only subjects have the numbers of owner and repository. */
function workflowsAt(repository: string, files: readonly string[], ref: string): readonly string[] {
  const plain = repository.replaceAll(/@\d+/g, '');
  return files.map((file) => `${plain}/.github/workflows/${file}@${ref}`);
}
