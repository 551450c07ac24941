import { z } from 'zod';
import { arn } from './schema-values.ts';

/** `rearview:github` */
export const github = z
  .strictObject({
    // With their numbers where the repository has immutable subject claims, as those have that were made or renamed from 15 July 2026 on:
    // https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/
    repository: z
      .string()
      .regex(/^[\w.-]+(\/[\w.-]+|@\d+\/[\w.-]+@\d+)$/, 'must be <owner>/<name>, or <owner>@<number>/<name>@<number>')
      .describe(
        '`<owner>/<name>` of the rules; with both numbers, `<owner>@<number>/<name>@<number>`, where its tokens have [immutable subjects](../how-to/deploy-on-aws.md#roles-for-github)',
      ),
    mainBranch: z
      .string()
      .regex(/^[^*?\s]+$/, 'must be the name of one branch')
      .default('main')
      .describe('The one branch that may publish'),
    previewEnvironment: z
      .string()
      .regex(/^[\w.-]{1,255}$/, 'must be the name of one environment: letters, digits, _ . and -')
      .nullable()
      .default(null)
      .describe(
        'Environment of GitHub. Only its jobs can take the role for previews, instead of those of all pull requests: [with reviewers](../how-to/github-workflows.md#approve-previews)',
      ),
    oidcProviderArn: arn
      .nullable()
      .default(null)
      .describe(
        'Of the provider of GitHub that the account has already; null: the stack makes it. An account can have one',
      ),
  })
  .nullable()
  .default(null)
  .describe('Roles for the workflows of a repository; null: none');
