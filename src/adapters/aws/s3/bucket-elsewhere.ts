import { RearviewError } from '../../../domain/errors.ts';

/**
 * An answer of S3, where it may be that the bucket lies in another region.
 * @throws RearviewError `ERR_CONFIG` where it does; else what the request threw. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
 */
export async function orElsewhere<T>(what: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const isElsewhere =
      error instanceof Error && /^(PermanentRedirect|AuthorizationHeaderMalformed|301)$/.test(error.name);
    if (!isElsewhere) throw error;
    const text = `${what} lies in another region: set AWS_REGION to that of the bucket (${error.name}: ${error.message}).`;
    throw new RearviewError('ERR_CONFIG', text, { cause: error });
  }
}
