/** Headers that belong to one connection only, in lower case: whoever relays leaves them out (RFC 9110, section 7.6.1). */
export const hopHeaders: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailers',
  'transfer-encoding',
  'upgrade',
]);
