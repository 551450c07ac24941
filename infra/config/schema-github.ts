import * as z from 'zod';
import { arn } from './schema-values.ts';

/** `rearview:github` */
export const github = z
  .strictObject({
    // With numbers if the repository has immutable subject claims, the default for repositories
    // created or renamed since 15 July 2026:
    // https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/
    repository: z
      .string()
      .regex(/^[\w.-]+(\/[\w.-]+|@\d+\/[\w.-]+@\d+)$/, 'must be <owner>/<name>, or <owner>@<number>/<name>@<number>')
      .describe(
        'The repository of the rules, `<owner>/<name>`; if its tokens have [immutable subjects](../how-to/deploy-on-aws.md#roles-for-github), `<owner>@<number>/<name>@<number>`',
      ),
    mainBranch: z
      .string()
      .regex(/^[^*?\s]+$/, 'must be the name of one branch')
      .default('main')
      .describe('The only branch that may publish'),
    previewEnvironment: z
      .string()
      .regex(/^[\w.-]{1,255}$/, 'must be the name of one environment: letters, digits, _ . and -')
      .nullable()
      .default(null)
      .describe(
        'A GitHub environment. Only its jobs can assume the role for previews, instead of those of all pull requests: [with reviewers](../how-to/github-workflows.md#approve-previews)',
      ),
    oidcProviderArn: arn
      .nullable()
      .default(null)
      .describe(
        'ARN of an existing GitHub provider of the account; null: the stack creates it. An account can have one',
      ),
  })
  .nullable()
  .default(null)
  .describe('Roles for the workflows of a repository; null: none');
