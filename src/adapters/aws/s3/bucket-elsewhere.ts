import { RearviewError } from '../../../domain/errors.ts';

/**
 * Returns a response of S3, if the bucket is in this region.
 * @throws RearviewError `ERR_CONFIG` if the bucket is in another region; otherwise the error of the
 *   request. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
 */
export async function orElsewhere<T>(what: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const isElsewhere =
      error instanceof Error && /^(PermanentRedirect|AuthorizationHeaderMalformed|301)$/.test(error.name);
    if (!isElsewhere) throw error;
    const text = `${what} is in another region: set AWS_REGION to that of the bucket (${error.name}: ${error.message}).`;
    throw new RearviewError('ERR_CONFIG', text, { cause: error });
  }
}
