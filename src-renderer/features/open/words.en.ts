/** English words of the page that an app window begins on. */
export const en = {
  heading: 'Opening {{service}}',
  'heading.unnamed': 'Opening the app',
  asking: 'Asking Berth for a way to the service…',
  connecting: 'Connecting to the session…',
  lost: 'The connection was cut; trying again…',
  noNetwork: 'This computer has no network. The app opens when there is one.',
  signIn: 'You are signed out of the site. Sign in again in Berth’s main window; the app then opens.',
  ready: 'Connected. Opening the service…',
  refusedAddress: 'Berth was given an address that it does not open.',
  forSession: 'in the session {{session}}',
} as const;
