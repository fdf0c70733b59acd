/** English words for the state of a session's connection, wherever it is shown. */
export const en = {
  connecting: 'connecting',
  up: 'up',
  degraded: 'up, but late to answer',
  lost: 'lost',
  'waiting-for-network': 'waiting for a network',
  'signing-in': 'waiting for you to sign in',
  idle: 'let go while idle; comes back on use',
  failed: 'failed',
  hostKey: 'stopped: the host key changed',
  for: '{{state}} for {{time}}',
  nextTry: 'trying again in {{time}}',
  newIn: 'connecting anew in {{time}}',
  tryingNow: 'trying again now',
  tryNow: 'Try now',
  connection: 'Connection: {{state}}',
} as const;
