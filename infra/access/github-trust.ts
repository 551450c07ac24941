import type { Input } from '@pulumi/pulumi';
import * as pulumi from '@pulumi/pulumi';

/** Who signs the tokens of GitHub Actions. */
export const githubIssuer = 'token.actions.githubusercontent.com';
/** Whom such a token is for: https://github.com/aws-actions/configure-aws-credentials */
export const githubAudience = 'sts.amazonaws.com';

/**
 * Who may take on a role: jobs of GitHub Actions whose token has this subject, letter for letter.
 * https://docs.github.com/en/actions/reference/security/oidc
 *
 * @param subject the claim `sub`. A job that names an environment has another than one that does not
 */
export function githubTrust(providerArn: Input<string>, subject: string): pulumi.Output<string> {
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
        },
      },
    ],
  });
}

/** Of jobs that a pull request sets off, in this repository. Those of forks get no token to ask AWS with. */
export function pullRequestSubject(repository: string): string {
  return `repo:${repository}:pull_request`;
}

/** Of jobs that name an environment, whatever set them off: who may start one is for the environment to say, by its reviewers. */
export function environmentSubject(repository: string, environment: string): string {
  return `repo:${repository}:environment:${environment}`;
}

/** Of jobs on one branch. */
export function branchSubject(repository: string, branch: string): string {
  return `repo:${repository}:ref:refs/heads/${branch}`;
}
