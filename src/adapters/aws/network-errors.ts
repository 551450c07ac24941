/**
 * Whether an error of an AWS client is of the way to the service and not of the service: errors of sockets, DNS, TLS and the HTTP parser have a
 * `code`; those of an answer that cannot be parsed have the answer with them.
 */
export function isOfNetwork(error: Error): boolean {
  if ('$response' in error) return true;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return (
    /^(E(?!RR_)[A-Z]+|HPE_\w+|ERR_(SSL|TLS|STREAM)_\w+|\w*CERT\w*)$/.test(code) || error.message === 'socket hang up'
  );
}
