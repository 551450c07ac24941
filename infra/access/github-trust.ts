import type { Input } from '@pulumi/pulumi';
import * as pulumi from '@pulumi/pulumi';

/** Who signs the tokens of GitHub Actions. */
export const githubIssuer = 'token.actions.githubusercontent.com';
/** Whom such a token is for: https://github.com/aws-actions/configure-aws-credentials */
export const githubAudience = 'sts.amazonaws.com';

/** The jobs that may take a role. */
export interface TrustedJobs {
  /** The claim `sub`. A job that names an environment has another than one that does not. */
  readonly subject: string;
  /** The claim `job_workflow_ref`: the files of their workflows, and where each is taken from. `*` stands for any text. */
  readonly workflows: readonly string[];
}

/**
 * The trust of a role: jobs of GitHub Actions whose token has this subject, and whose workflow is one of these files.
 * https://docs.github.com/en/actions/reference/security/oidc
 *
 * AWS STS compares `job_workflow_ref` since 2026, in all commercial regions. A condition on a claim that is not compared is never met, so that the role
 * cannot be taken; it is not taken by anybody else.
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

/** The refs that jobs of pull requests run on. `*` stands for any text. */
export const pullRequestRefs = 'refs/pull/*/merge';

/** Jobs that a pull request of this repository sets off, in these workflows. Those of forks get no token to ask AWS with. */
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

/** Jobs of these workflows in an environment: its reviewers are asked before they start. */
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
