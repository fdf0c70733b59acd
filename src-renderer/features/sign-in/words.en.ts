/** English words of the first window. */
export const en = {
  what: 'Start, watch and enter your compute sessions on Backend.AI: notebooks, terminals and files, over one connection a session.',
  trySandbox: 'Try the local sandbox',
  sandboxHint:
    'Starts a small Backend.AI of your own on this computer, where sessions are ordinary processes. Needs no account and no network; only if Jupyter is missing, it is fetched once.',
  sandboxStarting: 'Starting the sandbox on this computer…',
  signIn: 'Sign in',
  signingIn: 'Asking the site…',
  cancel: 'Cancel',
  endpoint: 'Endpoint',
  endpointHint: 'The API address of your site, e.g. https://api.example.com',
  accessKey: 'Access key',
  secretKey: 'Secret key',
  secretCleared: 'Berth forgets the secret key after each try: paste it again.',
  needEndpoint: 'Enter the address of your site.',
  needAccessKey: 'Enter the access key of your account.',
  needSecretKey: 'Enter the secret key that belongs to it.',
  usedBefore: 'Used before:',
  'probe.asking': 'Looking whether it answers…',
  'probe.api': 'Backend.AI {{manager}} answers.',
  'probe.session': 'Backend.AI {{manager}} answers, but through its web server. Berth needs the API address.',
  'keep.os': 'The secret key goes to this computer’s keychain.',
  'keep.chosen': 'The secret key stays in memory and is forgotten when Berth is closed, as chosen.',
  'keep.memory':
    'This computer has no keychain that Berth can use: the secret key stays in memory and is forgotten when Berth is closed.',
} as const;
