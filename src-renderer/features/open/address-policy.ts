/** Pure: which addresses the opening page may go to. */

/** A gateway address is `http://<name>.localhost:<port>/…` (design, decision 5); everything else is a defect or worse. */
export function isGatewayAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  return protocol === 'http:' && hostname.endsWith('.localhost') && username === '' && password === '';
}
