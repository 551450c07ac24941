import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { InfraConfig } from '../config/schema.ts';
import type { StackContext } from '../context.ts';
import type { Statement } from '../handles.ts';
import { policyDocument } from '../policy-document.ts';
import { type GithubParts, previewStatements, publishStatements, rollbackStatements } from './github-statements.ts';
import {
  branchJobs,
  branchRef,
  environmentJobs,
  githubAudience,
  githubIssuer,
  githubTrust,
  pullRequestJobs,
  pullRequestRefs,
  type TrustedJobs,
} from './github-trust.ts';

/** Seconds. The minimum of a role's maximum session duration, and longer than any job. */
const maxSession = 3600;

export interface GithubAccessParts extends GithubParts {
  readonly github: NonNullable<InfraConfig['github']>;
}

/** The environment of `rollback.yml`: its reviewers approve each rollback. */
export const rollbackEnvironment = 'rollback';

/**
 * Gives the workflows of one repository access without a secret: its pull requests read, its main
 * branch publishes, and its rollback environment rolls back after a review. Each role trusts only
 * the workflows that need it.
 */
export class GithubAccess extends pulumi.ComponentResource {
  readonly previewRoleArn: pulumi.Output<string>;
  readonly publishRoleArn: pulumi.Output<string>;
  readonly rollbackRoleArn: pulumi.Output<string>;

  constructor(context: StackContext, { github, ...parts }: GithubAccessParts, opts?: pulumi.ComponentResourceOptions) {
    super('rearview:access:GithubAccess', 'github', {}, opts);
    const { repository, mainBranch, previewEnvironment, oidcProviderArn } = github;
    // An account has one for each issuer: the second stack must be configured with that of the
    // first.
    const provider = oidcProviderArn ?? this.createProvider(context).arn;
    const role = (name: string, description: string, jobs: TrustedJobs, statements: readonly Statement[]) => {
      const made = new aws.iam.Role(
        `github-${name}`,
        {
          name: context.names.of(`github-${name}`),
          description,
          assumeRolePolicy: githubTrust(provider, jobs),
          maxSessionDuration: maxSession,
          tags: context.tags,
        },
        { parent: this },
      );
      new aws.iam.RolePolicy(
        `github-${name}`,
        { name: 'what-its-jobs-call', role: made.name, policy: policyDocument(statements) },
        { parent: this },
      );
      return made.arn;
    };
    this.previewRoleArn = role(
      'preview',
      `Permissions of pull requests of ${repository} in Rearview`,
      previewEnvironment === null
        ? pullRequestJobs(repository, ['rules.yml'])
        : environmentJobs(repository, previewEnvironment, pullRequestRefs, ['rules.yml']),
      previewStatements(context, parts),
    );
    this.publishRoleArn = role(
      'publish',
      `Permissions of the branch ${mainBranch} of ${repository} in Rearview`,
      branchJobs(repository, mainBranch, ['publish.yml', 'scan-report.yml', 'promotion.yml']),
      publishStatements(context, parts),
    );
    this.rollbackRoleArn = role(
      'rollback',
      `Permissions of the environment ${rollbackEnvironment} of ${repository} in Rearview`,
      environmentJobs(repository, rollbackEnvironment, branchRef(mainBranch), ['rollback.yml']),
      rollbackStatements(context, parts),
    );
    this.registerOutputs();
  }

  /** Without a thumbprint: AWS itself trusts the authorities that sign for GitHub. */
  private createProvider({ tags }: StackContext): aws.iam.OpenIdConnectProvider {
    return new aws.iam.OpenIdConnectProvider(
      'github',
      { url: `https://${githubIssuer}`, clientIdLists: [githubAudience], tags },
      { parent: this },
    );
  }
}
