/** A public key over P-256, as AWS answers for that of a stack: SPKI in DER, as base64. Nobody has its private half. */
export const testPublicKey =
  'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE56XmTvnGMzk/EnsBFgFdJ00VPjezANiEtF0kEUdj0rca5Pf/YiKqDbzF2ugwxNgjphmD/sivW2jx8ICZf0ewzA==';
