/**
 * Returns whether an error of an AWS client is from the network and not from the service. Errors of
 * sockets, DNS, TLS and the HTTP parser have a `code`; those of an unparsable response include the
 * response.
 */
export function isOfNetwork(error: Error): boolean {
  if ('$response' in error) return true;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return (
    /^(E(?!RR_)[A-Z]+|HPE_\w+|ERR_(SSL|TLS|STREAM)_\w+|\w*CERT\w*)$/.test(code) || error.message === 'socket hang up'
  );
}
