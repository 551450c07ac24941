/**
 * A public key over P-256 in the format of AWS: SPKI in DER, as base64. Its private half was
 * discarded.
 */
export const testPublicKey =
  'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE56XmTvnGMzk/EnsBFgFdJ00VPjezANiEtF0kEUdj0rca5Pf/YiKqDbzF2ugwxNgjphmD/sivW2jx8ICZf0ewzA==';
